# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

WORDS = ["apple", "pear", "plum", "fig", "cherry", "lemon", "grape", "melon", "date", "kiwi"]


class Thing:
    pass


class Order(gl.Contract):
    kept: str

    def __init__(self):
        pass

    def look(self):
        return str([hash("text"), hash(b"bytes"), hash(("a", 1, 2.5)), list(set(WORDS)), list(frozenset(WORDS[:5])), repr(Thing())])

    @gl.public.write
    def keep(self):
        self.kept = self.look()

    @gl.public.write
    def again(self) -> bool:
        return self.kept == self.look()

    @gl.public.write
    def in_block(self) -> bool:
        words = list(set(WORDS))
        return gl.eq_principle.strict_eq(lambda: list(set(WORDS))) == words

    @gl.public.write
    def in_sandbox(self) -> bool:
        return gl.vm.spawn_sandbox(lambda: hash("text")).calldata == hash("text")
