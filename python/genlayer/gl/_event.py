"""Events.

# Invariants
- Indexed fields are sorted by name, and positional values go to the sorted names.
"""

import inspect
import warnings

from ..py import calldata
from ..py.keccak import keccak256
from ._internal.gl_call import request

_TOPICS = 4


def emit_raw_event(topics, blob):
    """Emits an event from ready topics (32 bytes each)."""
    request("EmitEvent", {"topics": list(topics), "blob": blob})


def emit_event(name, fields=None, **more):
    """Emits an event without a class of its own: all its fields are in the blob."""
    if not isinstance(name, str):
        raise TypeError(f"`emit_event`: `name` must be text, not {type(name).__name__}")
    emit_raw_event([keccak256(f"{name}()".encode("utf-8"))], {**(fields or {}), **more})


def topic(value):
    """A field's value as a topic: its calldata padded to 32 bytes, or the hash of longer ones."""
    data = calldata.encode(value)
    return data.ljust(32, b"\0") if len(data) <= 32 else keccak256(data)


def _indexed_fields(cls):
    if cls.__init__ is Event.__init__:
        raise TypeError(f"event `{cls.__name__}` must define `__init__(self, indexed, fields, /, **blob)`")
    parameters = list(inspect.signature(cls.__init__).parameters.values())
    if not parameters or parameters[0].name != "self":
        raise TypeError(f"the first parameter of `{cls.__name__}.__init__` must be `self`")
    names = []
    for parameter in parameters[1:]:
        if parameter.kind is parameter.POSITIONAL_ONLY:
            names.append(parameter.name)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            raise TypeError(f"`*{parameter.name}` of event `{cls.__name__}`: list the fields")
        elif parameter.kind is parameter.KEYWORD_ONLY:
            raise TypeError(f"`{parameter.name}` of event `{cls.__name__}` can not be keyword-only")
        elif parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            raise TypeError(f'event `{cls.__name__}`: specify "/" after indexed fields')
    return tuple(sorted(names))


class Event:
    """Base of events: positional-only parameters of `__init__` are the indexed fields."""

    name: str
    indexed: tuple[str, ...]
    signature: str

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.indexed = _indexed_fields(cls)
        if "name" not in cls.__dict__:
            cls.name = cls.__name__
        cls.signature = f"{cls.name}({','.join(cls.indexed)})"
        if len(cls.indexed) >= _TOPICS:
            warnings.warn(f"event `{cls.name}` has more than {_TOPICS - 1} indexed fields", stacklevel=2)
        cls.__init__ = Event.__init__

    def __init__(self, *args, **blob):
        if len(args) != len(self.indexed):
            raise TypeError(f"event `{self.name}` has {len(self.indexed)} indexed fields, got {len(args)}")
        fields = dict(zip(self.indexed, args, strict=True))
        for name in fields:
            if name in blob:
                raise TypeError(f"field `{name}` of event `{self.name}` is given twice")
        self._fields = fields
        self._blob = fields | blob

    def emit(self):
        """Emits the event."""
        topics = [keccak256(self.signature.encode("utf-8"))]
        topics.extend(topic(value) for value in self._fields.values())
        emit_raw_event(topics, self._blob)

    @staticmethod
    def emit_raw(topics, blob):
        """Emits an event from ready topics."""
        emit_raw_event(topics, blob)
