"""The message as a module, under the third generation's name."""

from .gl._message import message as _message
from .gl._message import message_raw as raw  # noqa: F401


def __getattr__(name):
    if not name.startswith("_") and hasattr(_message, name):
        return getattr(_message, name)
    if name in raw:
        return raw[name]
    raise AttributeError(f"module 'genlayer.message' has no attribute {name!r}")
