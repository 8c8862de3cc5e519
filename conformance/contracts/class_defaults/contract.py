# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import typing


class Defaults(gl.Contract):
    count: u256 = u256(5)
    name: str = "default"
    constant: typing.ClassVar[int] = 9
    PLAIN = 3

    def __init__(self):
        pass

    @gl.public.view
    def get(self) -> list:
        return [self.count, self.name, self.constant, self.PLAIN]
