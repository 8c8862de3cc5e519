"""Contracts of the third generation: the base class, proxies, deployment."""

from collections.abc import Callable
from typing import Any, Literal

from .gl._contract import Contract as Contract
from .gl._proxy import ContractProxy as _ContractProxy
from .gl._proxy import deploy_contract as _deploy
from .gl.genvm_contracts import GenVMContractDeclaration as GenVMContractDeclaration
from .py.public_abi import StorageType as StorageType
from .py.types import Address

ON = Literal["accepted", "finalized"]
StorageView = StorageType
deploy = _deploy

class Proxy(_ContractProxy):
    """A contract at an address."""

    def emit_transfer(  # type: ignore[override]
        self, value: int, *, on: Any = "finalized", use_balance: Any = False, fee_params: Any = None
    ) -> None: ...

def get_at(address: Address) -> Proxy: ...
def interface(_declaration: type) -> Callable[[Address], Proxy]: ...
