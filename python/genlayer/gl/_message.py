"""The message a contract was called with.

# Invariants
- There is one message object; it is filled once, when a run begins.
- Looking at it before is noticed (`looked`): the import of such a contract is a part of every run
  and not done ahead of them.
"""

import datetime as _datetime

from .. import _generation, _host, _outside, _suggest
from ..py.storage._slots import forget
from ..py.types import Address


class Message:
    """Who calls, with what value. Read-only."""

    _fields = ("contract_address", "sender_address", "origin_address", "value", "chain_id")
    __slots__ = ("contract_address", "sender_address", "origin_address", "value", "chain_id", "_raw")

    def __init__(self, contract_address, sender_address, origin_address, value, chain_id):
        # How test tools change who calls; nobody else makes messages. Everyone sees the change.
        forget()
        fields = (contract_address, sender_address, origin_address, value, chain_id, message_raw)
        for name, field in zip(Message.__slots__, fields, strict=True):
            object.__setattr__(self, name, field)
            object.__setattr__(message, name, field)
        # Tools move this clock and forget the message's.
        message_raw["datetime"] = _outside.now()

    def __setattr__(self, name, _value):
        raise AttributeError(f"`gl.message.{name}` can not be set")

    def __getattr__(self, name):
        # Fields are slots, so only an unknown name or an empty message gets here.
        if not name.startswith("__") and _look() and name in Message.__slots__:
            return getattr(message, name)
        if name in Message.__slots__:
            raise AttributeError(f"there is no message yet, and so no `gl.message.{name}`")
        raise _suggest.unknown("`gl.message`", name, dir(Message), _suggest.MESSAGE, "gl.message.")

    def __reduce__(self):
        return (_the_message, ())

    def __iter__(self):
        return iter(self._asdict().values())

    def __len__(self):
        return len(self._fields)

    def __getitem__(self, index):
        return tuple(self)[index]

    def __eq__(self, other):
        return isinstance(other, Message) and tuple(self) == tuple(other)

    def __hash__(self):
        return hash(tuple(self))

    def _asdict(self):
        return {name: getattr(self, name) for name in self._fields}

    @property
    def datetime(self):
        """Transaction time as ISO-8601 text."""
        if _host.installed():
            return self._raw["datetime"]
        # A test tool moves its clock, not the message.
        return _datetime.datetime.now(_datetime.timezone.utc).isoformat().replace("+00:00", "Z")

    @property
    def timestamp(self):
        """Transaction time in whole seconds since 1970."""
        return int(_datetime.datetime.fromisoformat(self.datetime).timestamp())

    @property
    def block_number(self):
        """A number that grows: a contract does not see blocks, so this is `timestamp`."""
        return self.timestamp

    @property
    def is_init(self):
        """Whether the constructor runs."""
        return self._raw["is_init"]

    @property
    def stack(self):
        """Contracts above this one in the chain of view calls."""
        return self._raw["stack"]

    @property
    def signer_address(self):
        """Who signed the transaction."""
        return self._raw.get("signer_address", self.origin_address)

    block_timestamp = property(lambda self: self.timestamp)
    sender = property(lambda self: self.sender_address)
    sender_account = property(lambda self: self.sender_address)
    contract_account = property(lambda self: self.contract_address)
    origin = property(lambda self: self.origin_address)

    def __repr__(self):
        return "Message(" + ", ".join(f"{k}={v!r}" for k, v in self._asdict().items()) + ")"


_looked = False


def _look():
    """Notes the look; whether the message is there now, as it is under a test tool."""
    global _looked
    _looked = True
    if _host.installed() or dict.__len__(message_raw):
        return False
    fill(_outside.start_up())
    return True


def looked():
    """Whether somebody looked at the message before it was there."""
    return _looked


def _noticed(name):
    method = getattr(dict, name)

    def look(self, *args):
        if not dict.__len__(self):
            _look()
        return method(self, *args)

    return look


class Raw(dict):
    """The start-up map."""

    for _name in (
        "__contains__ __eq__ __getitem__ __iter__ __len__ __or__ __repr__ __setitem__ copy get items "
        "keys values"
    ).split():
        locals()[_name] = _noticed(_name)
    del _name


message = Message.__new__(Message)
message_raw = Raw()


def _the_message():
    return message


def fill(fields):
    """Takes the start-up map, of which addresses are plain bytes."""
    raw = dict(fields)
    for name in ("contract_address", "sender_address", "origin_address"):
        raw[name] = Address(raw[name])
    raw["stack"] = [Address(item) for item in raw["stack"]]
    raw["value"] = raw["value"] or 0
    signer = raw.pop("signer_address", raw["origin_address"])
    if _generation.number >= 3:
        raw["signer_address"] = Address(signer)
    message_raw.clear()
    message_raw.update(raw)
    put = object.__setattr__
    for name in Message._fields:
        put(message, name, raw[name])
    put(message, "_raw", message_raw)


def empty():
    """Forgets the message."""
    global _looked
    dict.clear(message_raw)
    for name in Message.__slots__:
        object.__delattr__(message, name)
    _looked = False


class _Block:
    """`gl.block`: what contracts ask of the block."""

    __slots__ = ()

    def __getattr__(self, name):
        known = {"hash": "a contract does not see hashes of blocks", "coinbase": "there is none"}
        raise _suggest.unknown("`gl.block`", name, dir(_Block), known, "gl.block.")

    @property
    def number(self):
        """As `gl.message.block_number`."""
        return message.block_number

    @property
    def datetime(self):
        """Transaction time as ISO-8601 text."""
        return message.datetime

    @property
    def timestamp(self):
        """Transaction time in whole seconds since 1970."""
        return message.timestamp


block = _Block()
