"""Solidity ABI: names of types, selectors, encoding of calls."""

from typing import Any

bytes1 = bytes
bytes2 = bytes
bytes3 = bytes
bytes4 = bytes
bytes5 = bytes
bytes6 = bytes
bytes7 = bytes
bytes8 = bytes
bytes9 = bytes
bytes10 = bytes
bytes11 = bytes
bytes12 = bytes
bytes13 = bytes
bytes14 = bytes
bytes15 = bytes
bytes16 = bytes
bytes17 = bytes
bytes18 = bytes
bytes19 = bytes
bytes20 = bytes
bytes21 = bytes
bytes22 = bytes
bytes23 = bytes
bytes24 = bytes
bytes25 = bytes
bytes26 = bytes
bytes27 = bytes
bytes28 = bytes
bytes29 = bytes
bytes30 = bytes
bytes31 = bytes
bytes32 = bytes

class InplaceTuple:
    """As the first part of a tuple type: it is encoded in place, as arguments are."""

class MethodEncoder:
    """Calldata of one method."""

    def __init__(self, name: str, params: tuple[Any, ...], ret: Any) -> None: ...
    def encode_call(self, args: Any) -> bytes: ...
    def decode_ret(self, data: bytes) -> Any: ...

def encode(annotation: Any, value: Any) -> bytes: ...
def decode(annotation: Any, data: bytes) -> Any: ...
def selector_of(name: str, params: Any) -> bytes: ...
def signature_of(name: str, params: Any) -> str: ...
def type_name_of(annotation: Any) -> str: ...

__all__ = [
    "bytes1",
    "bytes2",
    "bytes3",
    "bytes4",
    "bytes5",
    "bytes6",
    "bytes7",
    "bytes8",
    "bytes9",
    "bytes10",
    "bytes11",
    "bytes12",
    "bytes13",
    "bytes14",
    "bytes15",
    "bytes16",
    "bytes17",
    "bytes18",
    "bytes19",
    "bytes20",
    "bytes21",
    "bytes22",
    "bytes23",
    "bytes24",
    "bytes25",
    "bytes26",
    "bytes27",
    "bytes28",
    "bytes29",
    "bytes30",
    "bytes31",
    "bytes32",
    "InplaceTuple",
    "MethodEncoder",
    "decode",
    "encode",
    "selector_of",
    "signature_of",
    "type_name_of",
]
