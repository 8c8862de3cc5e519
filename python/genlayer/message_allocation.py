"""What messages may cost, and what the messages they cause may: the newest generation's form.

# Invariants
- A tree of allocations travels as a list: each names its parent's place, parents come first.
"""

import dataclasses
import typing

from .chain import InternalMessageParams
from .py.calldata import CalldataEncodable, DataclassMixin
from .py.keccak import keccak256
from .py.types import Address

_KEY = 32
_SELECTOR = 4
_MOST = 1024
_NO_PARENT = 2**32 - 1

#: The call key that stands for every method: the hash of nothing.
ANY_METHOD = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")


@dataclasses.dataclass(frozen=True)
class ExternalMessageParams(DataclassMixin):
    """What a message to the EVM side may cost."""

    gas_limit: int
    max_gas_price: int


def call_key(method):
    """The key of a method: its name if it is short, else its hash with the lowest bit set; bytes
    are a ready key, None is every method."""
    if method is None:
        return ANY_METHOD
    data = method.encode("utf-8") if isinstance(method, str) else bytes(method)
    if not isinstance(method, str) and len(data) == _KEY:
        return data
    if len(data) < _KEY:
        return data.ljust(_KEY, b"\0")
    digest = keccak256(data)
    return digest[:-1] + bytes([digest[-1] | 1])


def _external_key(selector):
    if selector is None:
        return ANY_METHOD
    if len(selector) not in (_SELECTOR, _KEY):
        raise ValueError(f"a call key has {_SELECTOR} or {_KEY} bytes, not {len(selector)}")
    return bytes(selector).ljust(_KEY, b"\0")


@dataclasses.dataclass(frozen=True)
class InternalAllocation(CalldataEncodable):
    """Money for messages to one contract, and for those it causes."""

    recipient: Address
    call_key: str | bytes | None
    fee_params: InternalMessageParams
    budget: int
    on: str = "finalized"
    children: list = dataclasses.field(default_factory=list)

    def __to_calldata__(self):
        return {
            "recipient": self.recipient,
            "call_key": call_key(self.call_key),
            "budget": self.budget,
            "fee_params": self.fee_params,
            "on": self.on,
        }


@dataclasses.dataclass(frozen=True)
class ExternalAllocation(CalldataEncodable):
    """Money for messages to one address of the EVM side."""

    recipient: Address
    call_key: bytes | None
    fee_params: ExternalMessageParams
    budget: int

    def __to_calldata__(self):
        return {
            "recipient": self.recipient,
            "call_key": _external_key(self.call_key),
            "budget": self.budget,
            "fee_params": self.fee_params,
        }


#: What is caused: nothing said, one budget for all, or a tree.
Descendants = typing.Union[None, int, list[InternalAllocation | ExternalAllocation]]


def flat(roots):
    """A tree as the list that travels."""
    result, waiting = [], [(root, _NO_PARENT) for root in reversed(roots)]
    while waiting:
        node, parent = waiting.pop()
        if not isinstance(node, (InternalAllocation, ExternalAllocation)):
            raise TypeError(f"descendants are allocations, not {type(node).__name__}")
        if len(result) == _MOST:
            raise ValueError(f"descendants are at most {_MOST} allocations")
        children = getattr(node, "children", ())
        waiting.extend((child, len(result)) for child in reversed(children))
        result.append({**node.__to_calldata__(), "parent_index": parent})
    return result


@dataclasses.dataclass(frozen=True)
class UseBalanceParams(CalldataEncodable):
    """Says that the contract's balance pays."""

    fee_params: InternalMessageParams
    descendants: Descendants = None

    def __to_calldata__(self):
        tree = self.descendants
        ready = flat(tree) if isinstance(tree, list) else tree
        return {"fee_params": self.fee_params, "descendants": ready}


__all__ = [
    "ANY_METHOD",
    "Descendants",
    "ExternalAllocation",
    "ExternalMessageParams",
    "InternalAllocation",
    "UseBalanceParams",
]
