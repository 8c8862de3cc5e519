"""The chain, under the third generation's name."""

from .gl._event import Event
from .gl._message import message as _message
from .gl._proxy import ContractProxy as Account


def __getattr__(name):
    if name == "id":
        return _message.chain_id
    raise AttributeError(f"module 'genlayer.chain' has no attribute {name!r}")


__all__ = ["Account", "Event"]
