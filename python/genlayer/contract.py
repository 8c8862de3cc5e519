"""Contracts, under the third generation's name."""

from .gl._contract import Contract
from .gl._proxy import ContractProxy as Proxy
from .gl._proxy import contract_interface as interface
from .gl._proxy import deploy_contract as deploy
from .gl._proxy import get_contract_at as get_at
from .py.public_abi import StorageType

__all__ = ["Contract", "Proxy", "StorageType", "deploy", "get_at", "interface"]
