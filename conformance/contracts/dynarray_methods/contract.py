# { "Depends": "py-genlayer:test" }
from dataclasses import dataclass
import typing

from genlayer import *


@allow_storage
@dataclass
class Bid:
    who: str
    amount: u64


class Lists(gl.Contract):
    numbers: DynArray[i32]
    bids: DynArray[Bid]
    trio: Array[u8, typing.Literal[3]]

    @gl.public.write
    def like_a_list(self) -> list:
        a = self.numbers
        a.extend([5, 3, 8])
        popped = [a.pop(), a.pop(0)]
        a.insert(len(a), 9)
        a.insert(0, -1)
        a += [7, 7]
        a.sort()
        a[1:3] = [4]
        return [popped, list(a), a == [-1, 4, 7, 9], a.index(7), a.count(7), -1 in a, a[-1], a[::-1]]

    @gl.public.write
    def of_records(self) -> list:
        b = self.bids
        for who, amount in (("a", 3), ("b", 9), ("c", 5)):
            b.append(Bid(who, amount))
        b.sort(key=lambda bid: bid.amount, reverse=True)
        first = b.pop(0)
        b.append(Bid("d", 1))
        return [first.who, [bid.who for bid in b], b.append_new_get().amount, self.trio == [0, 0, 0]]

    @gl.public.write
    def empty(self) -> None:
        self.numbers.clear()
        self.numbers.pop()
