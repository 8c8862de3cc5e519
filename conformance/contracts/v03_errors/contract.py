# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *

OTHER = Address("0x0300000000000000000000000000000000000000")


class Caller(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def caught(self, method: str):
        try:
            getattr(gl.contract.get_at(OTHER).view(), method)()
        except gl.vm.UserError as error:
            return ["caught", error.data]

    @gl.public.write
    def uncaught(self, method: str):
        getattr(gl.contract.get_at(OTHER).view(), method)()

    @gl.public.write
    def block(self):
        try:
            gl.eq_principle.strict_eq(lambda: exit(4))
        except gl.vm.UserError as error:
            return ["caught", error.data]

    @gl.public.write
    def immediate(self):
        gl.vm.UserError.immediate("now")

    @gl.public.view
    def parts(self) -> list:
        error = gl.vm.VMError("out_of storage # page 5")
        return [error.public_code, error.detail, gl.vm.VMError("timeout").detail]
