"""Value types of contracts."""

from collections.abc import Buffer, Callable, Sequence
from typing import Any, ClassVar, Final, Self

from .keccak import Keccak256 as Keccak256

INT_NAMES: Final[list[str]]

u8 = int
u16 = int
u24 = int
u32 = int
u40 = int
u48 = int
u56 = int
u64 = int
u72 = int
u80 = int
u88 = int
u96 = int
u104 = int
u112 = int
u120 = int
u128 = int
u136 = int
u144 = int
u152 = int
u160 = int
u168 = int
u176 = int
u184 = int
u192 = int
u200 = int
u208 = int
u216 = int
u224 = int
u232 = int
u240 = int
u248 = int
u256 = int
i8 = int
i16 = int
i24 = int
i32 = int
i40 = int
i48 = int
i56 = int
i64 = int
i72 = int
i80 = int
i88 = int
i96 = int
i104 = int
i112 = int
i120 = int
i128 = int
i136 = int
i144 = int
i152 = int
i160 = int
i168 = int
i176 = int
i184 = int
i192 = int
i200 = int
i208 = int
i216 = int
i224 = int
i232 = int
i240 = int
i248 = int
i256 = int
bigint = int
KeccakHash = bytes

def is_sized_int(annotation: object) -> bool: ...

class Address:
    """20-byte account or contract address."""

    SIZE: Final[int]
    ZERO: ClassVar[Address]

    def __init__(self, value: str | Buffer | Address) -> None: ...
    @property
    def as_bytes(self) -> bytes: ...
    @property
    def as_hex(self) -> str: ...
    @property
    def as_b64(self) -> str: ...
    @property
    def as_int(self) -> int: ...
    def is_zero(self) -> bool: ...
    def __bytes__(self) -> bytes: ...
    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...
    def __lt__(self, other: Address) -> bool: ...
    def __le__(self, other: Address) -> bool: ...
    def __gt__(self, other: Address) -> bool: ...
    def __ge__(self, other: Address) -> bool: ...
    def __format__(self, spec: str) -> str: ...

class Lazy[T]:
    """A value that is made on first use; the value or the exception is kept."""

    def __init__(self, make: Callable[[], T]) -> None: ...
    def get(self) -> T: ...

class SizedArray[T, N](Sequence[T]):
    """Annotation of a fixed-length ABI array: `SizedArray[T, Literal[n]]`."""

    def __getitem__(self, _index: Any) -> Any: ...
    def __len__(self) -> int: ...

__all__ = [
    "u8",
    "u16",
    "u24",
    "u32",
    "u40",
    "u48",
    "u56",
    "u64",
    "u72",
    "u80",
    "u88",
    "u96",
    "u104",
    "u112",
    "u120",
    "u128",
    "u136",
    "u144",
    "u152",
    "u160",
    "u168",
    "u176",
    "u184",
    "u192",
    "u200",
    "u208",
    "u216",
    "u224",
    "u232",
    "u240",
    "u248",
    "u256",
    "i8",
    "i16",
    "i24",
    "i32",
    "i40",
    "i48",
    "i56",
    "i64",
    "i72",
    "i80",
    "i88",
    "i96",
    "i104",
    "i112",
    "i120",
    "i128",
    "i136",
    "i144",
    "i152",
    "i160",
    "i168",
    "i176",
    "i184",
    "i192",
    "i200",
    "i208",
    "i216",
    "i224",
    "i232",
    "i240",
    "i248",
    "i256",
    "bigint",
    "Address",
    "Lazy",
    "SizedArray",
    "Keccak256",
    "KeccakHash",
]
