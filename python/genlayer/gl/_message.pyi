"""The message a contract was called with."""

from collections.abc import Iterator
from typing import Any

from ..py.types import Address

class Message:
    """Who calls, with what value. Read-only."""

    contract_address: Address
    sender_address: Address
    origin_address: Address
    value: int
    chain_id: int

    def __init__(
        self,
        contract_address: Address,
        sender_address: Address,
        origin_address: Address,
        value: int,
        chain_id: int,
    ) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    @property
    def datetime(self) -> str: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def block_number(self) -> int: ...
    @property
    def block_timestamp(self) -> int: ...
    @property
    def is_init(self) -> bool: ...
    @property
    def stack(self) -> list[Address]: ...
    @property
    def signer_address(self) -> Address: ...
    @property
    def sender(self) -> Address: ...
    @property
    def sender_account(self) -> Address: ...
    @property
    def contract_account(self) -> Address: ...
    @property
    def origin(self) -> Address: ...

class _Block:
    @property
    def timestamp(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def datetime(self) -> str: ...

message: Message
message_raw: dict[str, Any]
block: _Block

def looked() -> bool: ...
def fill(fields: dict[str, Any]) -> None: ...
