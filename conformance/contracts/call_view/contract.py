# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

OTHER = Address("0x0300000000000000000000000000000000000000")


@gl.contract_interface
class Callee:
    class View:
        def foo(self, a: int, b: int, /) -> int: ...

    class Write:
        def set(self, value: int, /) -> None: ...


class Caller(gl.Contract):
    own: u256

    def __init__(self):
        self.own = 1

    @gl.public.write
    def dynamic(self) -> int:
        print("caller before")
        value = gl.get_contract_at(OTHER).view().foo(1, 2)
        print("caller after")
        return value

    @gl.public.write
    def declared(self) -> int:
        return Callee(OTHER).view().foo(3, b=4)

    @gl.public.write.payable
    def who(self) -> list:
        return gl.get_contract_at(OTHER).view().who()

    @gl.public.write
    def caught(self) -> str:
        try:
            gl.get_contract_at(OTHER).view().refuse()
        except gl.vm.UserError as error:
            return "caught " + error.message

    @gl.public.write
    def uncaught(self):
        gl.get_contract_at(OTHER).view().refuse()

    @gl.public.write
    def crash(self) -> str:
        try:
            return gl.get_contract_at(OTHER).view().crash()
        except BaseException:
            return "caught"

    @gl.public.write
    def writes(self):
        gl.get_contract_at(OTHER).view().writes()

    @gl.public.write
    def read(self, state: str) -> int:
        from genlayer.py.public_abi import StorageType

        states = {"default": {}, "final": {"state": StorageType.LATEST_FINAL}, "accepted": {"state": StorageType.LATEST_NON_FINAL}}
        return gl.get_contract_at(OTHER).view(**states[state]).read()

    @gl.public.write
    def write_method(self) -> str:
        return gl.get_contract_at(OTHER).view().write_method()

    @gl.public.write
    def block(self) -> int:
        return gl.get_contract_at(OTHER).view().block()

    @gl.public.view
    def get_own(self) -> int:
        return self.own

    @gl.public.write
    def self_call(self) -> list:
        self.own = 2
        return [self.own, gl.get_contract_at(self.address).view().get_own()]

    @gl.public.write
    def not_an_address(self):
        gl.get_contract_at("0x0300000000000000000000000000000000000000")

    @gl.public.view
    def proxy(self) -> list:
        proxy = gl.get_contract_at(OTHER)
        return [proxy.address, proxy.balance]
