# { "Depends": "py-genlayer:test" }
from genlayer import *


@gl.evm.contract_interface
class Outside:
    class View:
        pass

    class Write:
        pass


class Messages(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def talk(self) -> None:
        other = gl.get_contract_at(Address("0x5b38da6a701c568545dcfcb03fcb875f56beddc4"))
        other.emit(value=3, on="accepted").hello(1, name="x")
        other.emit_transfer(value=2)
        Outside(other.address).emit_transfer(value=1)

    @gl.public.write
    def balances(self) -> list:
        before = self.balance
        gl.get_contract_at(gl.message.sender_address).emit_transfer(value=5)
        return [before, self.balance, gl.get_contract_at(gl.message.contract_address).balance]

    @gl.public.write
    def overspend(self) -> None:
        gl.get_contract_at(gl.message.sender_address).emit_transfer(value=6)
        gl.get_contract_at(gl.message.sender_address).emit_transfer(value=6)

    @gl.public.write
    def wrong_time(self) -> None:
        gl.get_contract_at(gl.message.sender_address).emit(on="tomorrow").hello()

    @gl.public.write
    def spawn(self) -> str:
        code = b'# { "Depends": "py-genlayer:test" }'
        return gl.deploy_contract(code=code, args=[1], salt_nonce=1).as_hex

    @gl.public.write
    def spawn_unsalted(self) -> None:
        assert gl.deploy_contract(code=b"x") is None
