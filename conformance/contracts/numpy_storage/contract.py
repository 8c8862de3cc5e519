# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import typing
from dataclasses import dataclass

import numpy as np
from genlayer import *

Vector = np.ndarray[tuple[typing.Literal[3]], np.dtype[np.float32]]


@allow_storage
@dataclass
class Entry:
    key: Vector
    weight: np.float64


class Store(gl.Contract):
    small: np.int8
    large: np.uint32
    ratio: np.float32
    vector: Vector
    grid: np.ndarray[tuple[typing.Literal[2], typing.Literal[2]], np.dtype[np.int16]]
    history: DynArray[Vector]
    entries: TreeMap[str, Entry]

    def __init__(self):
        self.small = -1
        self.large = np.uint32(0x01020304)
        self.ratio = 0.5
        self.vector = np.array([1, -2, 0.25])
        self.grid = [[1, 2], [3, -4]]

    @gl.public.write
    def remember(self, numbers: list) -> int:
        self.vector = np.array(numbers, dtype=np.float32)
        self.history.append(self.vector)
        self.entries["last"] = Entry(self.vector, np.float64(0.1))
        return len(self.history)

    @gl.public.view
    def report(self) -> list:
        entry = self.entries["last"]
        return [
            repr(self.small), repr(self.large), repr(self.ratio), repr(self.vector), repr(self.grid),
            [row.tolist() == self.vector.tolist() for row in self.history],
            repr(entry.key), repr(entry.weight),
        ]  # fmt: skip

    @gl.public.write
    def copied(self) -> bool:
        vector = self.vector
        vector[0] = 99
        return bool(self.vector[0] == 99)

    @gl.public.write
    def too_long(self) -> None:
        self.vector = [1, 2, 3, 4]

    @gl.public.write
    def too_large(self) -> None:
        self.small = 128
