# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import typing


class Assign(gl.Contract):
    numbers: DynArray[u32]
    others: DynArray[u32]
    fixed: Array[u8, typing.Literal[3]]
    table: TreeMap[str, u32]
    copy: TreeMap[str, u32]

    def __init__(self):
        pass

    @gl.public.write
    def lists(self) -> list:
        self.numbers = [1, 2, 3]
        self.others = self.numbers
        self.numbers[0] = 9
        self.numbers = (4, 5)
        return [list(self.numbers), list(self.others)]

    @gl.public.write
    def arrays(self) -> list:
        self.fixed = [1, 2, 3]
        self.fixed[1] = 7
        return [list(self.fixed), len(self.fixed), list(self.fixed[0:2])]

    @gl.public.write
    def wrong_length(self):
        self.fixed = [1, 2]

    @gl.public.write
    def maps(self) -> list:
        self.table["a"] = 1
        self.copy = self.table
        self.table["a"] = 2
        return [dict(self.table.items()), dict(self.copy.items())]
