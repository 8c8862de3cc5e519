# { "Depends": "py-genlayer:test" }
from genlayer import *


class Literals(gl.Contract):
    tags: TreeMap[str, DynArray[str]]
    table: TreeMap[str, TreeMap[str, u256]]
    names: DynArray[str]

    def __init__(self):
        self.tags = TreeMap()
        self.table = {"a": {"x": 1, "y": 2}, "b": {}}
        self.names = DynArray(["n"])

    @gl.public.write
    def fill(self) -> None:
        self.tags["k"] = ["v", "w"]
        self.table["c"] = dict(z=3)

    @gl.public.view
    def show(self) -> dict:
        return {
            "tags": {key: list(value) for key, value in self.tags.items()},
            "table": {key: dict(value) for key, value in self.table.items()},
            "names": list(self.names),
        }

    @gl.public.write
    def too_large(self) -> bool:
        try:
            self.table["d"] = {"ok": 1, "bad": -1}
        except OverflowError:
            return "d" in self.table
