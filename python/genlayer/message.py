"""The message as a module, under the third generation's name."""

from . import _suggest
from .gl._message import Message as _Message
from .gl._message import message as _message
from .gl._message import message_raw as raw

#: Of the start-up map, beside what `gl.message` has.
_ENTRY = ("entry_kind", "entry_data", "entry_stage_data")


def __getattr__(name):
    if name in _ENTRY:
        return raw[name]
    if not name.startswith("_") and (name in _Message.__slots__ or hasattr(_Message, name)):
        return getattr(_message, name)
    names = [*dir(_Message), *_ENTRY]
    raise _suggest.unknown(f"module {__name__!r}", name, names, _suggest.MESSAGE, "gl.message.")


def __dir__():
    return [*globals(), *(name for name in dir(_Message) if not name.startswith("_")), *_ENTRY]
