# { "Depends": "py-genlayer:test" }
import random
from dataclasses import dataclass

from genlayer import *


@allow_storage
@dataclass
class Point:
    x: i64
    name: str


class Engines(gl.Contract):
    """Maps on chain, each beside one in memory: the first are walked by the node, the others here."""

    by_text: TreeMap[str, u256]
    by_bytes: TreeMap[bytes, str]
    by_address: TreeMap[Address, Point]
    by_unsigned: TreeMap[u24, bool]
    by_signed: TreeMap[i16, TreeMap[str, u8]]
    by_flag: TreeMap[bool, bigint]
    by_number: TreeMap[bigint, None]

    @gl.public.write
    def compare(self, name: str, steps: int) -> int:
        make_key, make_value = MAKERS[name]
        chain = getattr(self, name)
        memory = gl.storage.copy_to_memory(chain)
        model = {}
        rng = random.Random(name)
        for step in range(steps):
            key = make_key(rng.randrange(60))
            action = rng.randrange(10)
            if action < 5:
                model[key] = make_value(step)
                chain[key] = make_value(step)
                memory[key] = make_value(step)
            elif action < 8:
                model.pop(key, None)
                for tree in (chain, memory):
                    if key in tree:
                        del tree[key]
            elif action == 8:
                chain.get_or_insert_default(key)
                memory.get_or_insert_default(key)
                model.setdefault(key, None)
            else:
                assert (key in chain) == (key in memory) == (key in model)
                assert list(chain.keys(start=key)) == [k for k in sorted(model) if k >= key]
                assert list(chain.keys(stop=key, reverse=True)) == list(
                    memory.keys(stop=key, reverse=True)
                )
            assert len(chain) == len(memory) == len(model)
            assert raw(chain) == raw(memory)
        assert list(chain) == list(memory) == sorted(model)
        assert list(chain.items()) == list(memory.items())
        return len(model)


def raw(tree):
    """All bytes of a map but the contents of texts."""
    slot, off, stride = tree._storage_slot, tree._off, tree._kind.stride
    head = slot.read(off, 12)
    count = int.from_bytes(head[4:8], "little")
    free = int.from_bytes(head[8:], "little")
    return head, slot.indirect(off + 4).read(0, count * stride), slot.indirect(off + 8).read(0, 4 * free)


MAKERS = {
    "by_text": (lambda n: "k" * (n % 5) + str(n), lambda n: u256(n)),
    "by_bytes": (lambda n: bytes([n, 255 - n]) * (n % 20), lambda n: "v" * (n % 40)),
    "by_address": (lambda n: Address(bytes([n % 7]) * 19 + bytes([n])), lambda n: Point(n, str(n))),
    "by_unsigned": (lambda n: n * 997, lambda n: n % 2 == 0),
    "by_signed": (lambda n: (n - 30) * 300, lambda n: {"a": n % 256, "b": 1}),
    "by_flag": (lambda n: n % 2 == 0, lambda n: (-3) ** (n % 50)),
    "by_number": (lambda n: (n - 30) ** 9, lambda n: None),
}
