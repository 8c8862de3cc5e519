"""Other contracts: view calls, messages, transfers, deployments."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Protocol, overload

from ..py.public_abi import StorageType
from ..py.types import Address, Lazy

type _On = Literal["accepted", "finalized", "decided", "final"]

class _ViewMethod(Protocol):
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def lazy(self, *args: Any, **kwargs: Any) -> Lazy[Any]: ...

class _ViewMethods:
    def __getattr__(self, name: str) -> _ViewMethod: ...

class _Methods:
    def __getattr__(self, name: str) -> Callable[..., None]: ...

class ContractProxy:
    """A contract at an address."""

    address: Address

    def __init__(self, address: Address) -> None: ...
    @property
    def balance(self) -> int: ...
    def view(
        self, *, state: StorageType | int = ..., storage_view: StorageType | int | None = None
    ) -> _ViewMethods: ...
    def emit(
        self,
        *,
        value: int = 0,
        on: _On = "finalized",
        gas: int | None = None,
        use_balance: Any = False,
        fee_params: Any = None,
    ) -> _Methods: ...
    def emit_transfer(
        self, value: int = 0, *, on: _On = "finalized", use_balance: Any = False, fee_params: Any = None
    ) -> None: ...

def call_object(
    method: str | None, args: Any, kwargs: Any, key: str = "method"
) -> dict[str, Any]: ...
def check_amount(where: str, value: object) -> None: ...
def check_address(address: object) -> None: ...
def get_contract_at(address: Address) -> ContractProxy: ...
def contract_interface(_declaration: type) -> Callable[[Address], ContractProxy]: ...
def transfer(address: Address, amount: int) -> None: ...
def create2_address(deployer: Address, salt_nonce: int, chain_id: int) -> Address: ...
@overload
def deploy_contract(
    *,
    code: bytes | str,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    value: int = 0,
    on: _On = "finalized",
    use_balance: Any = False,
    fee_params: Any = None,
) -> None: ...
@overload
def deploy_contract(
    *,
    code: bytes | str,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    salt_nonce: int,
    value: int = 0,
    on: _On = "finalized",
    use_balance: Any = False,
    fee_params: Any = None,
) -> Address: ...
@overload
def deploy_contract(
    *,
    code: bytes | str,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    salt: int,
    value: int = 0,
    on: _On = "finalized",
    use_balance: Any = False,
    fee_params: Any = None,
) -> Address: ...
