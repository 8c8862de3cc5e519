# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Note(gl.Event):
    def __init__(self, x: int, /): ...


class Writes(gl.Contract):
    value: u256
    names: DynArray[str]

    def __init__(self):
        self.value = 1

    @gl.public.write
    def all_of_it(self) -> list:
        def inside():
            self.value = 5
            self.names.append("x")
            gl.get_contract_at(gl.message.sender_address).emit().hello()
            Note(1).emit()
            return [self.value, len(self.names)]

        result = gl.vm.spawn_sandbox(inside, allow_write_ops=True)
        return [result.calldata, self.value, len(self.names)]

    @gl.public.write
    def not_allowed(self) -> list:
        def write():
            self.value = 9

        def send():
            gl.get_contract_at(gl.message.sender_address).emit().hello()

        seen = []
        for attempt in (write, send):
            seen.append(repr(gl.vm.spawn_sandbox(attempt)))
        return [seen, self.value]

    @gl.public.write
    def pending_is_seen(self) -> int:
        self.value = 42
        return gl.vm.spawn_sandbox(lambda: self.value).calldata
