# { "Depends": "py-genlayer:test" }
from genlayer import *


class Upgradable(gl.Contract):
    value: u256

    def __init__(self, upgradable: bool):
        self.value = 7
        if upgradable:
            gl.storage.Root.get().upgraders.get().append(gl.message.sender_address)

    @gl.public.view
    def version(self) -> int:
        return 1

    @gl.public.view
    def code_size(self) -> int:
        return len(gl.storage.Root.get().code.get())

    @gl.public.write
    def upgrade(self, code: bytes) -> None:
        slot = gl.storage.Root.get().code.get()
        slot.truncate()
        slot.extend(code)
