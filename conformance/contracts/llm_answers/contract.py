# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import json

_PNG = b"\x89PNG\r\n\x1a\n"


class Asks(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def text(self, prompt: str) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt(prompt))

    @gl.public.write
    def as_json(self, prompt: str) -> dict:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt(prompt, response_format="json"))

    @gl.public.write
    def images(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("what is this", images=[_PNG, _PNG]))

    @gl.public.write
    def three_images(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("what is this", images=[_PNG] * 3))

    @gl.public.write
    def unknown_option(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("plain", image=b"x"))

    @gl.public.write
    def failing(self) -> list:
        def ask():
            try:
                return gl.nondet.exec_prompt("fails")
            except gl.nondet.NondetException as error:
                return [error.args[0]["causes"], error.args[0]["ctx"]]

        return gl.eq_principle.strict_eq(ask)

    @gl.public.write
    def uncaught(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("fails"))
