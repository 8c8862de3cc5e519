# { "Depends": "py-genlayer:test" }
from genlayer import *
from dataclasses import dataclass


@allow_storage
@dataclass
class Record:
    a: i64
    b: i64
    c: str


class Layout(gl.Contract):
    first: Record
    second: Record

    def __init__(self):
        self.first = Record(1, 2, "abc")
        self.second = Record(3, 4, "def")
