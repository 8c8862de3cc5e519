# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi


@gl.evm.contract_interface
class Eth:
    class View:
        pass

    class Write:
        pass


class Balances(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def seen(self) -> int:
        return self.balance

    @gl.public.write.payable
    def spend(self) -> list:
        me = gl.get_contract_at(self.address)
        before = self.balance
        me.emit_transfer(value=u256(5))
        return [before, self.balance, me.balance, me.view().seen(), wasi.get_self_balance(), wasi.get_balance(self.address.as_bytes)]

    @gl.public.write
    def spend_external(self) -> list:
        Eth(gl.message.sender_address).emit_transfer(value=u256(4))
        return [self.balance, Eth(gl.message.sender_address).balance]
