"""Contracts of the EVM side: interfaces, calls, messages with value."""

from typing import Any

from ..py.evm import *
from ..py.evm import MethodEncoder as MethodEncoder
from ..py.types import Address

class ContractDeclaration:
    """Makes proxies of one interface."""

    name: str

    def __init__(self, declaration: type) -> None: ...
    def __call__(self, address: Address) -> ContractProxy: ...

class ContractProxy:
    """A contract of the EVM side at an address."""

    address: Address

    def __init__(self, address: Address, view: Any, write: Any) -> None: ...
    @property
    def balance(self) -> int: ...
    def view(self) -> Any: ...
    def emit(self, *, value: int = 0, on: Any = None) -> Any: ...
    def emit_transfer(self, value: int = 0, *, on: Any = None) -> None: ...

def contract_interface(declaration: type) -> ContractDeclaration: ...

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
    "ContractDeclaration",
    "ContractProxy",
    "contract_interface",
]
