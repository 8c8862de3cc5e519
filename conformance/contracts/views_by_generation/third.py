# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *


class Third(gl.contract.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.write
    def set(self, value: int):
        self.value = value

    @gl.public.view
    def read(self) -> int:
        return self.value

    @gl.public.view
    def seen(self) -> list:
        me = gl.contract.get_at(gl.message.contract_address)
        return [self.value, *(me.view(storage_view=view).read() for view in range(3))]

    @gl.public.view
    def states(self) -> list:
        me = gl.contract.get_at(gl.message.contract_address)
        return [me.view(storage_view=view).seen() for view in range(3)]

    @gl.public.view
    def block(self) -> int:
        return gl.eq_principle.strict_eq(lambda: 8)

    @gl.public.write
    def block_of(self, other: Address) -> int:
        return gl.contract.get_at(other).view().block()
