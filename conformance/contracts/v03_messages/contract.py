# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *

OTHER = Address("0x0300000000000000000000000000000000000000")


@gl.contract.interface
class Other:
    class View:
        def get(self) -> int: ...

    class Write:
        def set(self, value: int, /) -> None: ...


class Sends(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def emits(self):
        gl.contract.get_at(OTHER).emit().foo(1)
        gl.contract.get_at(OTHER).emit(on="accepted", value=2).foo(b=2)
        Other(OTHER).emit(on="decided").set(3)
        gl.contract.get_at(OTHER).emit_transfer(4)
        gl.contract.get_at(OTHER).emit_transfer(value=5, on="accepted")
        gl.chain.Account(OTHER).emit_transfer(6)

    @gl.public.write
    def nothing(self):
        gl.contract.get_at(OTHER).emit_transfer(0)

    @gl.public.view
    def account(self) -> list:
        account = gl.chain.Account(OTHER)
        return [account.address, account.balance]

    @gl.public.write
    def deploys(self) -> Address:
        gl.contract.deploy(code=b"code", args=[1])
        return gl.contract.deploy(code=b"code", salt_nonce=1)

    @gl.public.write
    def event(self):
        class Note(gl.chain.Event):
            def __init__(self, x: int, /, **blob): ...

        Note(1, y=2).emit()
        gl.chain.Event.emit_raw([b"\x01" * 32], {})
