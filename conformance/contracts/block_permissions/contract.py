# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi


class Note(gl.Event):
    def __init__(self, x: int, /): ...


class Blocks(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 3

    @gl.public.view
    def peek(self) -> int:
        return self.value

    @gl.public.write
    def attempts(self) -> list:
        me = gl.message.contract_address
        self.value = 4

        def block():
            actions = {
                "read": lambda: self.value,
                "write": lambda: wasi.storage_write(b"\0" * 32, 0, b"x"),
                "call": lambda: gl.get_contract_at(me).view().peek(),
                "send": lambda: gl.get_contract_at(me).emit().peek(),
                "transfer": lambda: gl.get_contract_at(me).emit_transfer(value=1),
                "deploy": lambda: gl.deploy_contract(code=b"x", salt_nonce=1),
                "event": lambda: Note(1).emit(),
                "nested": lambda: gl.eq_principle.strict_eq(lambda: 1),
                "self balance": lambda: wasi.get_self_balance(),
            }
            seen = []
            for name, action in actions.items():
                try:
                    seen.append(f"{name}: {action()}")
                except SystemError as error:
                    seen.append(f"{name}: {error}")
            return seen

        return gl.eq_principle.strict_eq(block)
