# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

TEXT = "0x5b38da6a701c568545dcfcb03fcb875f56beddc4"


def failing(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "no error"


class Addresses(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def properties(self) -> list:
        a = Address(TEXT)
        return [a.as_hex, a.as_b64, a.as_int, a.as_bytes, Address.SIZE]

    @gl.public.view
    def from_everything(self) -> list:
        a = Address(TEXT)
        return [a == Address(TEXT.upper().replace("0X", "0x")), a == Address(a.as_b64), a == Address(a.as_bytes), a == Address(bytearray(a.as_bytes))]

    @gl.public.view
    def formats(self) -> list:
        a = Address(TEXT)
        return [repr(a), str(a), f"{a}", f"{a:s}", f"{a:x}", f"{a:b64}", f"{a:cd}", failing(lambda: f"{a:q}")]

    @gl.public.view
    def compares(self) -> list:
        low, high = Address(b"\x01" * 20), Address(b"\x02" * 20)
        return [low < high, low <= low, high > low, sorted([high, low])[0] == low, low == "x", low != high, len({low, Address(b"\x01" * 20)})]

    @gl.public.view
    def invalid(self) -> list:
        return [failing(lambda: Address(bad)) for bad in ("0x12", "", b"short", "0x" + "zz" * 20, "0x" + "11" * 21, 5, None)]
