# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Trivial(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def foo(self) -> str:
        def block():
            print("inside")
            return "web page?"

        print("before")
        value = gl.eq_principle.strict_eq(block)
        print("after")
        return value

    @gl.public.write
    def decorated(self) -> int:
        @gl.eq_principle.strict_eq
        def value():
            return 17

        return value

    @gl.public.write
    def equal_types(self, leader: bool) -> list:
        return gl.eq_principle.strict_eq(lambda: [1, {"a": (1, 2)}, b"x", None])
