# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *


class New(gl.contract.Contract):
    value: u256

    def __init__(self):
        self.value = 3

    @gl.public.view
    def get(self, plus: int = 0) -> int:
        return self.value + plus

    @gl.public.view
    def refuse(self):
        raise gl.vm.UserError("new no")

    @gl.public.write
    def ask(self) -> list:
        other = gl.contract.get_at(Address("0x0300000000000000000000000000000000000000")).view()
        seen = [other.get(plus=1)]
        try:
            other.refuse()
        except gl.vm.UserError as error:
            seen.append(error.data)
        return seen
