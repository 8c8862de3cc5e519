# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Shots(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def shot(self) -> list:
        def block():
            image = gl.nondet.web.render("https://example.org/", mode="screenshot")
            return [type(image).__name__, image.raw]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def described(self) -> str:
        def block():
            image = gl.nondet.web.render("https://example.org/", mode="screenshot")
            return gl.nondet.exec_prompt("describe", images=[image])

        return gl.eq_principle.strict_eq(block)
