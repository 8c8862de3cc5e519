# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *
from genlayer.storage import DynArray


class Writes(gl.contract.Contract):
    value: u256
    names: DynArray[str]

    def __init__(self):
        self.value = 1

    @gl.public.write
    def kept(self) -> list:
        def inside():
            self.value = 5
            self.names.append("x")
            gl.contract.get_at(gl.message.sender_address).emit().hello()
            return self.value

        result = gl.vm.spawn_sandbox(inside, allow_write_storage=True, allow_send_messages=True)
        return [result.calldata, self.value, len(self.names)]

    @gl.public.write
    def even_on_error(self) -> list:
        def inside():
            self.value = 6
            raise gl.vm.UserError("after the write")

        result = gl.vm.spawn_sandbox(inside, allow_write_storage=True)
        return [result.data, self.value]

    @gl.public.write
    def each_flag(self) -> list:
        def write():
            self.value = 9

        def send():
            gl.contract.get_at(gl.message.sender_address).emit().hello()

        def ends(function, **flags):
            return type(gl.vm.spawn_sandbox(function, **flags)).__name__

        return [
            ends(write),
            ends(send),
            ends(write, allow_send_messages=True),
            ends(send, allow_write_storage=True),
            ends(send, allow_send_messages=True),
        ]

    @gl.public.write
    def not_after_overflow(self) -> list:
        import itertools

        def inside():
            self.value = 8
            x = iter([1])
            for _ in range(230000):
                x = itertools.chain(x)
            return next(x)

        result = gl.vm.spawn_sandbox(inside, allow_write_storage=True)
        return [result.message, self.value]
