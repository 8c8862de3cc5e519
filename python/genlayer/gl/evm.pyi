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
