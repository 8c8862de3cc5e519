# { "Depends": "py-genlayer:test" }
from genlayer import *
from dataclasses import dataclass
from datetime import datetime, timezone


@allow_storage
@dataclass
class Point:
    x: i64
    name: str


class Everything(gl.Contract):
    small: u8
    wide: u256
    signed: i128
    huge: bigint
    flag: bool
    text: str
    raw: bytes
    owner: Address
    ratio: float
    when: datetime
    point: Point
    numbers: DynArray[u32]
    points: DynArray[Point]
    fixed: DynArray[u16]
    by_name: TreeMap[str, u256]
    by_owner: TreeMap[Address, str]
    nested: TreeMap[Address, TreeMap[str, u256]]
    lists: TreeMap[str, DynArray[str]]

    def __init__(self):
        self.text = "zero"

    @gl.public.view
    def zeros(self) -> dict:
        return {
            "small": self.small, "wide": self.wide, "huge": self.huge, "flag": self.flag,
            "text": self.text, "raw": self.raw, "owner": self.owner, "name": self.point.name,
            "len": len(self.numbers), "keys": list(self.by_name.keys()),
        }

    @gl.public.write
    def fill(self) -> None:
        self.small = 255
        self.wide = 2**256 - 1
        self.signed = -(2**127)
        self.huge = -(10**40)
        self.flag = True
        self.text = "h\u00e9llo \u4e16\u754c" * 20
        self.raw = bytes(range(256))
        self.owner = gl.message.sender_address
        self.ratio = 0.5
        self.when = datetime(2024, 2, 29, 12, 0, 0, tzinfo=timezone.utc)
        self.point = Point(-7, "here")
        self.numbers.extend([3, 1, 2])
        self.points.append(Point(1, "a"))
        self.points.append(Point(2, "b"))
        self.points[0].name = "changed"
        for key in ["b", "a", "c"]:
            self.by_name[key] = ord(key)
        self.by_owner[gl.message.sender_address] = "me"
        self.nested.get_or_insert_default(gl.message.sender_address)["k"] = 9
        self.lists.get_or_insert_default("l").append("x")

    @gl.public.view
    def read(self) -> dict:
        return {
            "small": self.small, "wide": self.wide, "signed": self.signed, "huge": self.huge,
            "flag": self.flag, "text": self.text == "h\u00e9llo \u4e16\u754c" * 20,
            "raw": self.raw == bytes(range(256)), "owner": self.owner == gl.message.sender_address,
            "ratio": str(self.ratio), "when": self.when.isoformat(), "x": self.point.x,
            "name": self.point.name, "numbers": list(self.numbers),
            "points": [p.name for p in self.points],
            "by_name": dict(self.by_name.items()), "mine": self.by_owner[gl.message.sender_address],
            "nested": self.nested[gl.message.sender_address]["k"], "lists": list(self.lists["l"]),
        }

    @gl.public.write
    def overflow(self) -> None:
        self.small = 256

    @gl.public.write
    def shrink(self) -> list:
        self.numbers.pop()
        del self.by_name["b"]
        self.numbers[0] = 30
        return [list(self.numbers), list(self.by_name.keys()), "b" in self.by_name, self.by_name.get("b", 5)]

    @gl.public.write
    def wide_map(self, n: int) -> list:
        for i in range(n):
            self.by_name["k%03d" % ((i * 37) % n)] = i
        for i in range(0, n, 2):
            del self.by_name["k%03d" % i]
        return [len(self.by_name), next(iter(self.by_name))]
