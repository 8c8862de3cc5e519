# { "Depends": "py-genlayer:test" }
from genlayer import *


@gl.contract
class Oldest:
    owner: Address
    names: DynArray[str]

    def __init__(self):
        self.owner = gl.message.sender_account
        self.names.append("first")

    @gl.public.view
    def get(self) -> list:
        return [self.owner, list(self.names), gl.message.contract_account]

    @gl.public.write
    def refuse(self):
        gl.rollback_immediate("too old")

    @gl.public.write
    def page(self) -> str:
        def fetch():
            return gl.get_webpage("https://example.org/", mode="text")

        return gl.eq_principle_strict_eq(fetch)

    @gl.public.write
    def allocate(self) -> list:
        data = gl.storage_inmem_allocate(DynArray[u8], [1, 2, 3])
        return list(data)

    @gl.public.write
    def send(self):
        gl.ContractAt(self.owner).emit(gas=100000).hello()
        gl.ContractAt(self.owner).emit(on="final").hello()
