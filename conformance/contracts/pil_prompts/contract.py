# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import io

from genlayer import *
from PIL import Image


class Looks(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def screenshot(self, url: str) -> list:
        def look():
            shot = gl.nondet.web.render(url, mode="screenshot")
            small = shot.pil.convert("L").resize((3, 2))
            answer = gl.nondet.exec_prompt("what is on the page", images=[shot, small])
            return [answer, len(shot.raw), shot.pil.format, *shot.pil.size, shot.pil is shot.pil]

        return gl.eq_principle.strict_eq(look)

    @gl.public.write
    def prompt(self, files: list) -> str:
        def look():
            try:
                return gl.nondet.exec_prompt("compare", images=files)
            except gl.nondet.NondetException as error:
                return " ".join([*error.causes, *(f"{name}={value}" for name, value in sorted(error.ctx.items()))])

        return gl.eq_principle.strict_eq(look)

    @gl.public.write
    def enormous(self) -> str:
        def look():
            return gl.nondet.exec_prompt("compare", images=[b"\x89PNG\r\n\x1a\n" + bytes(5 << 20)])

        return gl.eq_principle.strict_eq(look)
