"""The codec under the name of its first module."""

from .abi import InplaceTuple, MethodEncoder, decode, encode, selector_of, signature_of, type_name_of

__all__ = [
    "InplaceTuple",
    "MethodEncoder",
    "decode",
    "encode",
    "selector_of",
    "signature_of",
    "type_name_of",
]
