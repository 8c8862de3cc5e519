# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Old(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def ask(self) -> list:
        def block():
            value = gl.nondet.exec_prompt("rate", response_format="json")["score"]
            return [type(value).__name__, str(value)]

        return gl.eq_principle.strict_eq(block)
