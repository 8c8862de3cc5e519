# { "Depends": "py-genlayer:test" }
from genlayer import *


class Parts(gl.Contract):
    scores: TreeMap[str, u256]
    levels: TreeMap[i32, str]

    def __init__(self):
        for number, name in enumerate(["carol", "alice", "bob", "al", "dave", "bo", "\u00e9va"]):
            self.scores[name] = number
            self.levels[number - 3] = name

    @gl.public.view
    def ranges(self) -> list:
        m = self.scores
        return [
            list(m.keys(start="b", stop="d")),
            list(m.keys(prefix="al")),
            list(m.values(prefix="bo", reverse=True)),
            [list(pair) for pair in m.items(start="c", limit=1)],
            list(m.first()), list(m.last()),
            list(self.levels.keys(start=-1, stop=2)),
            list(self.levels.values(reverse=True, limit=2)),
            len(m.keys(prefix="b")), list(reversed(m)),
        ]

    @gl.public.view
    def pages(self, size: int) -> list:
        pages, last = [], None
        while page := list(self.scores.keys(after=last, limit=size)):
            pages.append(page)
            last = page[-1]
        return pages

    @gl.public.write
    def walk_and_change(self) -> list:
        seen = []
        for name in self.scores:
            seen.append(name)
            if name == "al":
                del self.scores["alice"]
                self.scores["am"] = 1
            elif name == "bo":
                self.scores["aaa"] = 2
        return seen

    @gl.public.write
    def many(self, count: int) -> list:
        for n in range(count):
            self.levels[n * 7919 % count] = str(n)
        total = sum(1 for _ in self.levels)
        for n in range(0, count, 3):
            del self.levels[n]
        return [total, len(self.levels), len(list(self.levels.items())), self.levels.last()[0]]
