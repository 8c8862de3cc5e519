# { "Depends": "py-genlayer:test" }
from genlayer import *
from dataclasses import dataclass


@allow_storage
@dataclass
class Pair:
    left: u32
    right: str


class Complex(gl.Contract):
    def __init__(self, start: int, *, step: bool = False):
        pass

    @gl.public.view
    def foo(self) -> tuple[int, int]:
        return (1, 2)

    @gl.public.view
    def bar(self) -> tuple[int, ...]:
        return (1,)

    @gl.public.write.payable
    def unions(self, a: list | None, b: dict[str, int | str | None], c: DynArray[Pair]) -> Pair:
        return Pair(1, "x")
