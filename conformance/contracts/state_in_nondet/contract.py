# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass
import typing

T = typing.TypeVar("T")


@allow_storage
@dataclass
class Record:
    x: u32
    text: str


@allow_storage
class Box(typing.Generic[T]):
    value: T

    def __init__(self, value: T):
        self.value = value


class State(gl.Contract):
    record: Record
    box: Box[str]
    count: u256

    def __init__(self):
        self.record = Record(123, "stored")
        self.box = gl.storage.inmem_allocate(Box[str], "boxed")

    @gl.public.write
    def in_memory(self) -> list:
        record = Record(5, "memory")
        return gl.eq_principle.strict_eq(lambda: [record.x, record.text])

    @gl.public.write
    def view(self) -> list:
        record = self.record
        return gl.eq_principle.strict_eq(lambda: [record.x, record.text])

    @gl.public.write
    def copied(self) -> list:
        record = gl.storage.copy_to_memory(self.record)
        return gl.eq_principle.strict_eq(lambda: [record.x, record.text])

    @gl.public.write
    def pending(self) -> list:
        seen = [self.record.x]
        self.record.x = 456
        return seen + [gl.eq_principle.strict_eq(lambda: self.record.x)]

    @gl.public.write
    def generic(self) -> list:
        box = gl.storage.inmem_allocate(Box[u32], 9)
        return [self.box.value, gl.eq_principle.strict_eq(lambda: box.value)]

    @gl.public.write
    def generic_directly(self):
        return Box("x")
