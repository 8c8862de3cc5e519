# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import _genlayer_wasi as wasi

SLOT = b"\x09" * 32
LAST = 2**32 - 1


class Edges(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def last_byte(self) -> list:
        out = bytearray(1)
        wasi.storage_write(SLOT, LAST, b"\x07")
        wasi.storage_read(SLOT, LAST, out)
        return [bytes(out)]

    @gl.public.view
    def last_page(self) -> bytes:
        out = bytearray(32)
        wasi.storage_read(SLOT, LAST - 31, out)
        return bytes(out)

    @gl.public.write
    def across(self, write: bool):
        if write:
            wasi.storage_write(SLOT, LAST, b"\x07\x08")
        else:
            wasi.storage_read(SLOT, LAST, bytearray(2))

    @gl.public.write
    def far(self):
        wasi.storage_read(SLOT, 2**32, bytearray(1))

    @gl.public.write
    def between(self) -> bytes:
        wasi.storage_write(SLOT, 30, b"abcd")
        out = bytearray(6)
        wasi.storage_read(SLOT, 29, out)
        return bytes(out)

    @gl.public.write
    def bad_slot(self):
        wasi.storage_read(b"short", 0, bytearray(1))

    @gl.public.write
    def nothing(self) -> bytes:
        out = bytearray(0)
        wasi.storage_read(SLOT, 5, out)
        wasi.storage_write(SLOT, 5, b"")
        return bytes(out)
