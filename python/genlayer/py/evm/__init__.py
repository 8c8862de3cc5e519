"""Solidity ABI: names of types, selectors, encoding of calls."""

from .abi import InplaceTuple, MethodEncoder, decode, encode, selector_of, signature_of, type_name_of
from .fixed_bytes import *  # noqa: F403
from .fixed_bytes import BYTES_NAMES

__all__ = [
    *BYTES_NAMES,
    "InplaceTuple",
    "MethodEncoder",
    "decode",
    "encode",
    "selector_of",
    "signature_of",
    "type_name_of",
]
