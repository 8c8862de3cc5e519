"""The chain, in the third generation: accounts, events, fees of messages."""

import dataclasses
from typing import Literal, Protocol, runtime_checkable

from .gl._event import Event as Event
from .py.calldata import DataclassMixin
from .py.types import Address

ON = Literal["accepted", "finalized"]
id: int

@dataclasses.dataclass(frozen=True)
class InternalMessageParams(DataclassMixin):
    """What a message paid from the contract's balance may cost."""

    leader_timeunits_allocation: int
    validator_timeunits_allocation: int
    execution_budget_per_round: int
    rotations: list[int]
    max_price_gen_per_time_unit: int
    storage_fee_max_gas_price: int
    receipt_fee_max_gas_price: int

    @property
    def leader_time_units_allocation(self) -> int: ...
    @property
    def validator_time_units_allocation(self) -> int: ...

@runtime_checkable
class IAccount(Protocol):
    """Whatever has an address: a contract, or somebody with a key."""

    @property
    def address(self) -> Address: ...
    @property
    def balance(self) -> int: ...
    def emit_transfer(self, value: int, *, on: ON = "finalized") -> None: ...

class Account:
    """Somebody at an address, with or without code."""

    def __init__(self, address: Address, /) -> None: ...
    @property
    def address(self) -> Address: ...
    @property
    def balance(self) -> int: ...
    def emit_transfer(self, value: int, *, on: ON = "finalized") -> None: ...
