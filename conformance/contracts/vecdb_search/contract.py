# {
#   "Seq": [
#     { "Depends": "py-lib-genlayer-embeddings:test" },
#     { "Depends": "py-genlayer:test" }
#   ]
# }
import typing

import genlayer_embeddings as gle
import numpy as np
from genlayer import *

Width = typing.Literal[24]
ByCosine = gle.VecDB[np.float32, Width, str]
BySquares = gle.VecDB[np.float32, Width, str, gle.EuclideanDistanceSquared]
ByLength = gle.VecDB[np.float32, Width, str, gle.EuclideanDistance]
ByCity = gle.VecDB[np.float32, Width, str, gle.ManhattanDistance]
Doubles = gle.VecDB[np.float64, Width, str, gle.EuclideanDistance]


def dice(seed):
    while True:
        seed = (seed * 1103515245 + 12345) % 2**31
        yield seed / 2**30 - 1


class Contract(gl.Contract):
    cosine: ByCosine
    squares: BySquares
    length: ByLength
    city: ByCity
    doubles: Doubles
    named: TreeMap[str, BySquares]
    copied: BySquares

    def places(self):
        return [self.cosine, self.squares, self.length, self.city, self.doubles]

    def vector(self, numbers):
        return np.array([next(numbers) for _ in range(24)], dtype=np.float32)

    @gl.public.write
    def fill(self, count: int, seed: int) -> None:
        numbers = dice(seed)
        for index in range(count):
            vector = self.vector(numbers)
            for place in self.places():
                place.insert(vector, str(index))

    @gl.public.write
    def thin(self) -> list[int]:
        for place in self.places():
            for element in place:
                if element.id % 3 == 0:
                    element.remove()
        return [len(place) for place in self.places()]

    @gl.public.view
    def agree(self, k: int, seed: int) -> bool:
        """The node's search and the search in memory give the same, to the last bit."""
        numbers = dice(seed)
        for place in self.places() + list(self.named.values()):
            plain = gl.storage.copy_to_memory(place)
            for _ in range(3):
                wanted = self.vector(numbers)
                here = [(e.id, e.value, float(e.distance)) for e in place.knn(wanted, k)]
                there = [(e.id, e.value, float(e.distance)) for e in plain.knn(wanted, k)]
                if here != there or len(here) != min(k, len(place)):
                    return False
        return True

    @gl.public.write
    def copies(self) -> list[int]:
        self.named.get_or_insert_default("a")
        self.named["a"] = self.squares
        self.copied = self.squares
        self.squares.get_by_id(1).remove()
        self.copied = self.named["a"]
        return [len(self.squares), len(self.copied), len(self.named["a"])]

    @gl.public.view
    def odd(self) -> list[int]:
        db = gl.storage.copy_to_memory(self.squares)
        wanted = np.zeros(24, dtype=np.float32)
        return [len(list(db.knn(wanted, 0))), len(list(self.squares.knn(wanted, 10**40)))]

    @gl.public.write
    def wrong(self) -> list[str]:
        told = []
        for action in (
            lambda: self.squares.insert(np.zeros(3, dtype=np.float32), "x"),
            lambda: list(self.squares.knn(np.zeros(3, dtype=np.float32), 1)),
            lambda: self.squares.get_by_id(10**9),
        ):
            try:
                action()
            except Exception as error:
                told.append(type(error).__name__)
        return told
