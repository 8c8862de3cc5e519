# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }

"""Records in maps: numbers and lists by name."""

from dataclasses import dataclass

from genlayer import *


@allow_storage
@dataclass
class Box:
    count: u256
    sizes: DynArray[u32]


class Shelf(gl.Contract):
    boxes: TreeMap[str, Box]

    def __init__(self, names: list[str]):
        for name in names:
            self.boxes.get_or_insert_default(name)

    @gl.public.write
    def put(self, name: str, count: int, sizes: list[int]) -> None:
        box = self.boxes.get_or_insert_default(name)
        box.count = count
        box.sizes.clear()
        for size in sizes:
            box.sizes.append(size)

    @gl.public.view
    def all(self) -> dict:
        return {name: [box.count, list(box.sizes)] for name, box in self.boxes.items()}
