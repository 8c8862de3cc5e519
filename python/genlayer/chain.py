"""The chain, in the third generation: accounts, events, fees of messages."""

import dataclasses
import functools
import operator
import typing

from . import _suggest
from .contract import ON, Proxy
from .gl._event import Event
from .gl._message import message as _message
from .py.calldata import DataclassMixin


@dataclasses.dataclass(frozen=True)
class InternalMessageParams(DataclassMixin):
    """What a message paid from the contract's balance may cost."""

    leader_timeunits_allocation: int
    validator_timeunits_allocation: int
    execution_budget_per_round: int
    rotations: list
    max_price_gen_per_time_unit: int
    storage_fee_max_gas_price: int
    receipt_fee_max_gas_price: int


def _both_spellings(cls):
    """Makes a class take the names of newer packages as well: `leader_time_units_allocation`."""
    made = cls.__init__
    spellings = {
        name.replace("timeunits", "time_units"): name
        for name in cls.__dataclass_fields__
        if "timeunits" in name
    }

    @functools.wraps(made)
    def init(self, *args, **named):
        made(self, *args, **{spellings.get(name, name): value for name, value in named.items()})

    cls.__init__ = init
    for other, name in spellings.items():
        setattr(cls, other, property(operator.attrgetter(name)))


_both_spellings(InternalMessageParams)


@typing.runtime_checkable
class IAccount(typing.Protocol):
    """Whatever has an address: a contract, or somebody with a key."""

    @property
    def address(self):
        """Its address."""
        ...

    @property
    def balance(self):
        """Its committed balance."""
        ...

    def emit_transfer(self, value, *, on="finalized"):
        """Sends value to it."""
        ...


class Account:
    """Somebody at an address, with or without code."""

    __slots__ = ("_proxy",)

    def __init__(self, address, /):
        self._proxy = Proxy(address)

    def __reduce__(self):
        return (Account, (self.address,))

    def __eq__(self, other):
        return isinstance(other, Account) and self.address == other.address

    def __hash__(self):
        return hash(self.address)

    def __repr__(self):
        return f"Account({self.address!r})"

    @property
    def address(self):
        """Its address."""
        return self._proxy.address

    @property
    def balance(self):
        """Its committed balance."""
        return self._proxy.balance

    def emit_transfer(self, value, *, on="finalized"):
        """Sends value to it."""
        self._proxy.emit_transfer(value, on=on)


def __getattr__(name):
    if name == "id":
        return _message.chain_id
    raise _suggest.unknown(f"module {__name__!r}", name, [*__all__, "id"], prefix="gl.chain.")


__all__ = ["Account", "Event", "IAccount", "InternalMessageParams", "ON"]
