# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.storage import Array, DynArray, TreeMap, allow
from genlayer.types import *
from dataclasses import dataclass


@allow
@dataclass
class Item:
    id: u32
    name: str


class Third(gl.contract.Contract):
    count: u256
    items: DynArray[Item]
    table: TreeMap[Address, u256]

    def __init__(self, start: int = 1):
        self.count = u256(start)
        self.items.append(Item(1, "one"))

    @gl.public.view
    def get(self) -> list:
        return [self.count, self.items[0].name, len(self.table)]

    @gl.public.write.payable
    def pay(self) -> int:
        self.table[gl.message.sender_address] = gl.message.value
        return self.table[gl.message.sender_address]

    @gl.public.write
    def refuse(self):
        raise gl.vm.UserError("no")

    @gl.public.write
    def strict(self) -> int:
        return gl.eq_principle.strict_eq(lambda: 7)

    @gl.public.view
    def message(self) -> list:
        m = gl.message
        return [m.contract_address, m.sender_address, m.origin_address, m.stack, m.value, m.chain_id, m.is_init, m.entry_kind, gl.chain.id]

    @gl.public.view
    def zero(self) -> list:
        return [Address.ZERO, Address(Address.ZERO) == Address.ZERO, gl.IS_IN_VM]

    @gl.public.view
    def timestamp(self) -> str:
        return gl.vm.get_timestamp().isoformat()
