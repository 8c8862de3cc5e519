"""Contracts of the third generation: the base class, proxies, deployment.

# Invariants
- A call names its method under the empty key; a transfer of nothing is refused.
"""

import typing

from . import _suggest
from .gl import _proxy
from .gl._contract import Contract
from .gl.genvm_contracts import GenVMContractDeclaration
from .gl._proxy import deploy_contract as deploy
from .py.public_abi import StorageType

#: When a message leaves: at the acceptance of the transaction, or at its finality.
ON = typing.Literal["accepted", "finalized"]
StorageView = StorageType


class Proxy(_proxy.ContractProxy):
    """A contract at an address."""

    __slots__ = ()

    _KEY = ""

    def emit_transfer(self, value, *, on="finalized", use_balance=False, fee_params=None):
        """Sends value, more than nothing."""
        if isinstance(value, int) and value <= 0:
            raise ValueError(f"`emit_transfer`: `value` must be more than 0, it is {value}")
        super().emit_transfer(value, on=on, use_balance=use_balance, fee_params=fee_params)


def get_at(address):
    """A contract by its address."""
    return Proxy(address)


def interface(_declaration):
    """Class decorator: the class only tells types, the result makes proxies."""
    return get_at


__getattr__ = _suggest.of_module(__name__, _suggest.GL, "gl.contract.")

__all__ = [
    "Contract",
    "GenVMContractDeclaration",
    "ON",
    "Proxy",
    "StorageType",
    "StorageView",
    "deploy",
    "get_at",
    "interface",
]
