# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Principles(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def positional(self) -> str:
        return gl.eq_principle.prompt_comparative(lambda: gl.nondet.exec_prompt("q"), "both positive")

    @gl.public.write
    def keyword(self) -> dict:
        return gl.eq_principle.prompt_comparative(
            fn=lambda: gl.nondet.exec_prompt("q", response_format="json"), principle="both positive"
        )

    @gl.public.write
    def error(self) -> str:
        def fail():
            raise gl.vm.UserError("sorry")

        return gl.eq_principle.prompt_comparative(fn=fail, principle="both positive")

    @gl.public.write
    def non_comparative(self) -> str:
        return gl.eq_principle.prompt_non_comparative(
            lambda: gl.nondet.exec_prompt("input"), task="classify", criteria="one word"
        )

    @gl.public.write
    def not_text(self) -> str:
        return gl.eq_principle.prompt_non_comparative(lambda: 5, task="t", criteria="c")
