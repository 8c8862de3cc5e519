# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import typing

E = gl.evm


def failing(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "no error"


class Abi(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def names(self) -> list:
        types = [u8, u256, i64, bool, Address, bytes, str, E.bytes4, E.bytes32, list[u256], DynArray[str], tuple[u8, str], Array[u16, typing.Literal[3]]]
        return [E.type_name_of(t) for t in types]

    @gl.public.view
    def selectors(self) -> list:
        return [
            E.signature_of("transfer", tuple[Address, u256]),
            E.selector_of("transfer", tuple[Address, u256]).hex(),
            E.selector_of("balanceOf", tuple[Address]).hex(),
            E.signature_of("nothing", tuple[()]),
        ]

    @gl.public.view
    def encoded(self) -> list:
        return [
            E.encode(u256, 5).hex(),
            E.encode(i8, -1).hex(),
            E.encode(bool, True).hex(),
            E.encode(Address, Address(b"\x01" * 20)).hex(),
            E.encode(E.bytes4, b"\x01\x02\x03\x04").hex(),
            E.encode(tuple[E.InplaceTuple, u256, str], (1, "ab")).hex(),
            E.encode(tuple[E.InplaceTuple, list[u8], bool], ([1, 2], True)).hex(),
        ]

    @gl.public.view
    def decoded(self) -> list:
        seen = []
        for kind, value in (
            (u256, 7),
            (i16, -300),
            (bool, False),
            (str, "long text " * 10),
            (bytes, b"\x00\x01"),
            (list[str], ["a", "bb"]),
            (tuple[u8, str, list[u8]], (1, "x", [2])),
            (Address, Address(b"\x05" * 20)),
        ):
            back = E.decode(kind, E.encode(kind, value))
            seen.append(list(back) == list(value) if isinstance(value, (tuple, list)) else back == value)
        return seen

    @gl.public.view
    def methods(self) -> list:
        method = E.MethodEncoder("transfer", (Address, u256), bool)
        data = method.encode_call((Address(b"\x01" * 20), 9))
        return [data.hex(), method.decode_ret(bytes(31) + b"\x01")]

    @gl.public.view
    def errors(self) -> list:
        return [failing(lambda: E.encode(u8, 256)), failing(lambda: E.encode(u8, -1)), failing(lambda: E.decode(u256, b""))]
