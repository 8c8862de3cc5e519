# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass
import typing


@allow_storage
@dataclass
class Row:
    who: Address
    names: DynArray[str]


class Containers(gl.Contract):
    numbers: DynArray[u32]
    fixed: Array[u8, typing.Literal[2]]
    table: TreeMap[str, u32]
    nested: TreeMap[str, DynArray[u8]]
    by_owner: TreeMap[Address, u32]
    rows: DynArray[Row]

    def __init__(self):
        self.numbers.extend([3, 2, 1])
        self.table["b"] = 1
        self.table["a"] = 2
        self.nested.get_or_insert_default("x").append(7)
        self.by_owner[gl.message.sender_address] = 1
        row = self.rows.append_new_get()
        row.who = gl.message.sender_address
        row.names.append("n")

    @gl.public.view
    def lists(self) -> list:
        return [self.numbers, self.fixed, self.numbers[1:]]

    @gl.public.view
    def maps(self) -> list:
        return [self.table, self.nested]

    @gl.public.view
    def records(self) -> list:
        return [self.rows, self.rows[0]]

    @gl.public.view
    def owners(self):
        return self.by_owner

    @gl.public.view
    def owners_as_text(self) -> dict:
        return {owner.as_hex: amount for owner, amount in self.by_owner.items()}
