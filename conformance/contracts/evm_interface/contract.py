# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

TOKEN = Address("0x0300000000000000000000000000000000000000")


@gl.evm.contract_interface
class Token:
    class View:
        def balance_of(self, owner: Address, /) -> u256: ...

    class Write:
        def transfer(self, to: Address, amount: u256, /) -> None: ...


@gl.evm.contract_interface
class Recipient:
    class View:
        pass

    class Write:
        pass


class Evm(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def send(self):
        Token(TOKEN).emit().transfer(Address(b"\x01" * 20), u256(9))

    @gl.public.write
    def send_value(self):
        Token(TOKEN).emit(value=u256(3)).transfer(Address(b"\x01" * 20), u256(9))

    @gl.public.write
    def pay(self):
        Recipient(gl.message.sender_address).emit_transfer(value=u256(4))

    @gl.public.view
    def fields(self) -> list:
        return [Token(TOKEN).address, Token(TOKEN).balance]

    @gl.public.write
    def wrong_declaration(self) -> list:
        seen = []

        def check(declare):
            try:
                declare()
                seen.append("fine")
            except AssertionError:
                seen.append("AssertionError")

        def no_slash():
            @gl.evm.contract_interface
            class A:
                class View:
                    def f(self, a: u256): ...

                class Write:
                    pass

        def no_annotation():
            @gl.evm.contract_interface
            class A:
                class View:
                    pass

                class Write:
                    def f(self, a, /): ...

        check(no_slash)
        check(no_annotation)
        return seen
