# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import typing

import numpy as np
from genlayer import *


class Vectors(gl.Contract):
    def __init__(self):
        pass

    def _unit(self, numbers: list) -> np.ndarray[tuple[typing.Literal[3]], np.dtypes.Float32DType]:
        vector = np.array(numbers, dtype=np.float32)
        return vector / np.linalg.norm(vector)

    @gl.public.view
    def similarity(self, a: list, b: list) -> str:
        return str(np.dot(self._unit(a), self._unit(b)))

    @gl.public.view
    def nearest(self, query: list, rows: list) -> int:
        table = np.vstack([self._unit(row) for row in rows])
        return int(np.argmax(table @ self._unit(query)))

    @gl.public.view
    def statistics(self, numbers: list) -> list:
        scores = np.array(numbers)
        kept = scores[np.abs(scores - scores.mean()) <= 2 * scores.std()]
        return [repr(kept), str(np.median(kept)), str(np.percentile(kept, 90)), str(kept.sum()), str(np.round(kept.std(), 4))]

    @gl.public.view
    def shapes(self) -> None:
        grid = np.arange(12, dtype=np.uint8).reshape(3, 4)
        grid[1:, ::2] += 100
        print(grid)
        print(grid.T[1], grid[grid > 100], grid.mean(axis=0), np.where(grid % 2 == 0, grid, 0).sum())
        print(np.array([250], dtype=np.uint8) + np.uint8(10), np.int64(7) / 2, np.float32(0.1) + np.float32(0.2))

    @gl.public.write
    def agreed(self, numbers: list) -> list:
        vector = np.array(numbers, dtype=np.float32)

        def twice():
            return (vector * 2).tolist() == [2 * number for number in numbers] and bytes(vector * 2)

        return list(np.frombuffer(gl.eq_principle.strict_eq(twice), dtype=np.float32).astype(int).tolist())

    @gl.public.view
    def dice(self) -> bool:
        first = np.random.default_rng(5).integers(0, 6, 10)
        again = np.random.default_rng(5).integers(0, 6, 10)
        return bool(np.array_equal(first, again) and first.max() < 6)

    @gl.public.view
    def inverse(self) -> None:
        np.linalg.inv(np.eye(2))

    @gl.public.view
    def returned(self) -> list:
        return [np.float32(1)]

    @gl.public.view
    def huge(self) -> None:
        np.zeros((1 << 20, 1 << 20))
