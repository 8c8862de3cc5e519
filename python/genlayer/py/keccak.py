"""Keccak-256 (the Ethereum variant), computed by the node."""

from .. import _host


def keccak256(data):
    """Digest of bytes."""
    return _host.keccak256(data)


class Keccak256:
    """Incremental hasher with the interface of `hashlib`."""

    digest_size = 32
    block_size = 136
    name = "keccak256"

    __slots__ = ("_parts",)

    def __init__(self, initial=None):
        self._parts = bytearray()
        if initial is not None:
            self.update(initial)

    def update(self, data):
        """Adds bytes."""
        self._parts += memoryview(data).cast("B")

    def digest(self):
        """32 bytes."""
        return _host.keccak256(bytes(self._parts))

    def hexdigest(self):
        """Hex text."""
        return self.digest().hex()

    def copy(self):
        """An independent hasher in the same state."""
        other = Keccak256()
        other._parts = bytearray(self._parts)
        return other


__all__ = ["Keccak256", "keccak256"]
