# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import enum
import typing


class Level(enum.IntEnum):
    LOW = 1


class Name(enum.StrEnum):
    A = "a"


class Point(typing.NamedTuple):
    x: int
    y: int


class Typed(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def enums(self) -> list:
        return [Level.LOW, Name.A, Point(1, 2)]

    @gl.public.view
    def plain_enum(self):
        return enum.Enum("E", "A").A

    @gl.public.view
    def generators(self):
        return (x for x in [1])

    @gl.public.view
    def many(self) -> list:
        return list(range(1000))
