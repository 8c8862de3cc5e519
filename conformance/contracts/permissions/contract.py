# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Note(gl.Event):
    def __init__(self, x: int, /): ...


class Permissions(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 3

    @gl.public.view
    def peek(self) -> int:
        return self.value

    @gl.public.write
    def attempts(self) -> list:
        me = gl.get_contract_at(gl.message.contract_address)

        def write():
            self.value = 5

        actions = {
            "read": lambda: self.value,
            "write": write,
            "call": lambda: me.view().peek(),
            "send": lambda: me.emit().peek(),
            "event": lambda: Note(1).emit(),
            "block": lambda: gl.eq_principle.strict_eq(lambda: 1),
        }
        seen = []
        for name, action in actions.items():
            try:
                action()
                seen.append(name + " ok")
            except SystemError as error:
                seen.append(f"{name} {error}")
        return seen

    @gl.public.view
    def view_that_writes(self) -> int:
        self.value = 77
        return self.value
