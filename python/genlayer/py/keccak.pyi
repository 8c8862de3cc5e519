"""Keccak-256 (the Ethereum variant)."""

from collections.abc import Buffer

def keccak256(data: bytes) -> bytes: ...

class Keccak256:
    """Incremental hasher with the interface of `hashlib`."""

    digest_size: int
    block_size: int
    name: str

    def __init__(self, initial: Buffer | None = None) -> None: ...
    def update(self, data: Buffer) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Keccak256: ...

__all__ = ["Keccak256", "keccak256"]
