"""The message as a module, under the third generation's name."""

from typing import Any

from .py.types import Address

contract_address: Address
sender_address: Address
origin_address: Address
signer_address: Address
stack: list[Address]
value: int
chain_id: int
is_init: bool
datetime: str
timestamp: int
block_number: int
block_timestamp: int
entry_kind: int
entry_data: bytes
entry_stage_data: Any
sender: Address
sender_account: Address
contract_account: Address
origin: Address
raw: dict[str, Any]
