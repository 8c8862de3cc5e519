# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Trie(gl.Contract):
    root: TreeMap[str, TreeMap[str, TreeMap[str, u32]]]
    lists: TreeMap[Address, DynArray[str]]

    def __init__(self):
        pass

    @gl.public.write
    def fill(self, n: int) -> int:
        for i in range(n):
            a, b, c = f"{i:03d}"
            self.root.get_or_insert_default(a).get_or_insert_default(b)[c] = i
        return len(self.root)

    @gl.public.view
    def lookup(self, n: int) -> int:
        total = 0
        for i in range(n):
            a, b, c = f"{i:03d}"
            total += self.root[a][b][c]
        return total

    @gl.public.write
    def missing(self):
        self.root["x"]["y"]["z"] = 1

    @gl.public.write
    def append(self, text: str) -> list:
        mine = self.lists.get_or_insert_default(gl.message.sender_address)
        mine.append(text)
        return list(self.lists[gl.message.sender_address])

    @gl.public.view
    def wrong_key(self):
        return self.lists["0x0200000000000000000000000000000000000000"]
