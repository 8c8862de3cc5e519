# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Ranges(gl.Contract):
    a: u8
    b: i8
    c: u256
    d: bigint
    e: bool
    f: i256

    def __init__(self):
        pass

    @gl.public.write
    def set_a(self, value: int):
        self.a = value

    @gl.public.write
    def set_b(self, value: int):
        self.b = value

    @gl.public.write
    def edges(self) -> list:
        self.a, self.b, self.c, self.d, self.f = 255, -128, 2**256 - 1, -(2**300), -(2**255)
        self.e = True
        return [self.a, self.b, self.c == 2**256 - 1, self.d == -(2**300), self.e, self.f == -(2**255)]

    @gl.public.write
    def text(self):
        self.a = "5"
