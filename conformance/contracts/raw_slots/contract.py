# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi


class Raw(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 258

    @gl.public.view
    def slots(self) -> list:
        root = gl.storage.Root.get()
        slot = root.slot()
        child = slot.indirect(0)
        return [slot.id, child.id, child.read(0, 2), gl.storage.ROOT_SLOT_ID, slot.as_int(), child == root.contract_instance.slot()]

    @gl.public.write
    def low_level(self) -> list:
        slot = b"\x05" * 32
        wasi.storage_write(slot, 3, b"abc")
        out = bytearray(5)
        wasi.storage_read(slot, 2, out)
        return [bytes(out), wasi.get_balance(b"\x03" * 20), wasi.get_self_balance()]
