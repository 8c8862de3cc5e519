"""Events."""

from typing import Any, ClassVar

class Event:
    """Base of events: positional-only parameters of `__init__` are the indexed fields."""

    name: ClassVar[str]
    indexed: ClassVar[tuple[str, ...]]
    signature: ClassVar[str]

    def emit(self) -> None: ...
    @staticmethod
    def emit_raw(topics: list[bytes], blob: Any) -> None: ...

def emit_raw_event(topics: list[bytes], blob: Any) -> None: ...
def emit_event(name: str, fields: Any = None, **more: Any) -> None: ...
def topic(value: Any) -> bytes: ...
