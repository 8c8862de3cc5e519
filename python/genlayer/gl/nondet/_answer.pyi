"""Answers of the outside world."""

from typing import Any

class NondetException(Exception):
    """The outside world answered with an error: `args[0]` is `{"causes": [...], "ctx": {...}}`."""

    def __init__(self, causes: Any, ctx: Any = None) -> None: ...
    @property
    def causes(self) -> list[str]: ...
    @property
    def ctx(self) -> dict[str, Any]: ...

class Image:
    """A picture as the bytes of its file; `pil` is it as a Pillow image."""

    raw: bytes

    def __init__(self, raw: bytes, pil: Any = None) -> None: ...
    @property
    def pil(self) -> Any: ...

def image_bytes(image: Any) -> bytes: ...
def _decode_nondet(data: bytes) -> Any: ...
