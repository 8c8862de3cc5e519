# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Second(gl.Contract):
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
        me = gl.get_contract_at(self.address)
        return [self.value, *(me.view(state=state).read() for state in range(3))]

    @gl.public.view
    def states(self) -> list:
        me = gl.get_contract_at(self.address)
        return [me.view(state=state).seen() for state in range(3)]

    @gl.public.view
    def block(self) -> int:
        return gl.eq_principle.strict_eq(lambda: 8)

    @gl.public.write
    def block_of(self, other: Address) -> int:
        return gl.get_contract_at(other).view().block()
