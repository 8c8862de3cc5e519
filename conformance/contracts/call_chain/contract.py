# { "Depends": "py-genlayer:test" }
from genlayer import *


class Chain(gl.Contract):
    value: u256
    next_one: Address

    def __init__(self, value: int, next_one: Address):
        self.value = value
        self.next_one = next_one

    @gl.public.view
    def total(self) -> int:
        if self.next_one == Address("0x" + "00" * 20):
            return self.value
        return self.value + gl.get_contract_at(self.next_one).view().total()

    @gl.public.view
    def refuse(self) -> None:
        raise gl.vm.UserError("view says no")

    @gl.public.view
    def broken(self) -> None:
        raise KeyError("gone")

    @gl.public.write
    def set_value(self, value: int) -> list:
        self.value = value
        # Another look at this contract sees what is committed.
        return [self.value, gl.get_contract_at(gl.message.contract_address).view().get()]

    @gl.public.view
    def get(self) -> int:
        return self.value

    @gl.public.write
    def caught(self) -> str:
        try:
            gl.get_contract_at(self.next_one).view().refuse()
        except gl.vm.UserError as error:
            return error.message

    @gl.public.write
    def uncaught(self) -> str:
        try:
            gl.get_contract_at(self.next_one).view().broken()
        except Exception:
            return "a machine error cannot be caught"

    @gl.public.write
    def nowhere(self) -> int:
        return gl.get_contract_at(Address("0x" + "09" * 20)).view().get()

    @gl.public.view
    def endless(self) -> int:
        return gl.get_contract_at(gl.message.contract_address).view().endless()
