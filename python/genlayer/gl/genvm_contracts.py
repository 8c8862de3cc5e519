"""The second generation's module of contracts."""

import typing

from ._contract import Contract
from ._proxy import ContractProxy, contract_interface, deploy_contract, get_contract_at


class GenVMContractDeclaration(typing.Protocol):
    """What `contract_interface` decorates: a class with the classes `View` and `Write` in it."""

    View: type
    Write: type


__all__ = [
    "Contract",
    "ContractProxy",
    "GenVMContractDeclaration",
    "contract_interface",
    "deploy_contract",
    "get_contract_at",
]
