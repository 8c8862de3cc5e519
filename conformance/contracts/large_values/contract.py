# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Large(gl.Contract):
    text: str
    data: bytes

    def __init__(self):
        pass

    @gl.public.write
    def put(self, size: int) -> int:
        self.text = "x" * size
        self.data = b"\xff" * size
        return len(self.text) + len(self.data)

    @gl.public.view
    def get(self) -> list:
        return [self.text[:3], self.data[-2:], len(self.text)]

    @gl.public.write
    def unicode(self) -> list:
        self.text = "日本語 🚀 ü"
        return [self.text, len(self.text), len(self.text.encode())]

    @gl.public.write
    def empty(self) -> list:
        self.text, self.data = "", b""
        return [self.text, self.data]
