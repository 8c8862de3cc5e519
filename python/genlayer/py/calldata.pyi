"""Calldata: the canonical encoding of values that cross a contract's border."""

import abc
from collections.abc import Buffer, Callable
from typing import Any

type Decoded = Any
type Encodable = Any
type EncodableWithDefault = Any

class CalldataEncodable(metaclass=abc.ABCMeta):
    """A class that says itself how it is encoded."""

    @abc.abstractmethod
    def __to_calldata__(self) -> Any: ...

class DataclassMixin(CalldataEncodable):
    """Encodes a dataclass as a map of its fields."""

    def __to_calldata__(self) -> dict[str, Any]: ...

class DecodingError(ValueError):
    """Bytes are not canonical calldata."""

class Raw:
    """Bytes that already are calldata."""

    data: bytes

    def __init__(self, data: Buffer) -> None: ...

def encode(value: Any, *, default: Callable[[Any], Any] | None = None) -> bytes: ...
def decode(data: Buffer) -> Any: ...
def to_str(value: Any) -> str: ...

__all__ = [
    "CalldataEncodable",
    "DataclassMixin",
    "Decoded",
    "DecodingError",
    "Encodable",
    "Raw",
    "decode",
    "encode",
    "to_str",
]
