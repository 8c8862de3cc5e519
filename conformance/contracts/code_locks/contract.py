# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

NEW = b"""# { "Depends": "py-genlayer:test" }
from genlayer import *


class New(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def version(self) -> int:
        return 2
"""


class Old(gl.Contract):
    def __init__(self, how: str):
        root = gl.storage.Root.get()
        if how == "modify":
            code = root.code.get()
            code.truncate()
            code.extend(NEW)
        if how == "upgradable":
            root.upgraders.get().append(gl.message.sender_address)

    @gl.public.view
    def version(self) -> int:
        return 1

    @gl.public.view
    def locked(self) -> list:
        return list(gl.storage.Root.get().locked_slots.get())

    @gl.public.write
    def upgrade(self):
        code = gl.storage.Root.get().code.get()
        code.truncate()
        code.extend(NEW)

    @gl.public.write
    def unlock(self):
        gl.storage.Root.get().locked_slots.get().truncate()

    @gl.public.write
    def last_byte(self):
        import _genlayer_wasi as wasi

        wasi.storage_write(gl.storage.Root.get().code.slot().id, 2**32 - 1, b"x")
