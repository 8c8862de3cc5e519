"""Answers of the outside world."""

from ...py import calldata


class NondetException(Exception):
    """The outside world answered with an error: `{"causes": [...], "ctx": {...}}`."""

    @property
    def causes(self):
        """Short codes, the innermost first."""
        return self.args[0].get("causes", [])

    @property
    def ctx(self):
        """What is known about it."""
        return self.args[0].get("ctx", {})


class Image:
    """A picture as the bytes of its file."""

    __slots__ = ("raw", "pil")

    def __init__(self, raw, pil=None):
        self.raw = raw
        self.pil = pil

    def __eq__(self, other):
        return isinstance(other, Image) and self.raw == other.raw

    def __hash__(self):
        return hash(self.raw)

    def __repr__(self):
        return f"Image({len(self.raw)} bytes)"


def _decode_nondet(data):
    answer = calldata.decode(data)
    if "error" in answer:
        raise NondetException(answer["error"])
    return answer["ok"]
