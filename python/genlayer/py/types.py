"""Value types of contracts: sized integers, addresses, lazies, Keccak.

# Invariants
- A sized integer type is only a name: `u256(x)` is a plain `int`. Its range is enforced where
  bytes are made (storage, ABI), as contracts expect.
- Addresses compare, hash and order by their 20 bytes.
"""

import base64
import collections.abc
import types
import typing

from .keccak import Keccak256, keccak256


class _SizedIntMeta(type):
    def __instancecheck__(cls, value):
        return isinstance(value, int) and cls.MIN <= value <= cls.MAX

    def __repr__(cls):
        return cls.__name__


class _SizedInt(int, metaclass=_SizedIntMeta):
    SIZE = 0
    SIGNED = False
    MIN = 0
    MAX = 0

    def __new__(cls, value=0):
        if isinstance(value, int):
            return value
        return int(value)


class _BigIntMeta(type):
    def __instancecheck__(cls, value):
        return isinstance(value, int)

    def __repr__(cls):
        return cls.__name__


class bigint(int, metaclass=_BigIntMeta):
    """Integer of any size; stored with its length."""

    def __new__(cls, value=0):
        if isinstance(value, int):
            return value
        return int(value)


def _make_sized_ints():
    names = []
    for signed in (False, True):
        for bits in range(8, 257, 8):
            name = f"{'i' if signed else 'u'}{bits}"
            half = 1 << (bits - 1)
            body = {
                "__module__": __name__,
                "__qualname__": name,
                "__doc__": f"{bits}-bit {'signed' if signed else 'unsigned'} integer.",
                "SIZE": bits // 8,
                "SIGNED": signed,
                "MIN": -half if signed else 0,
                "MAX": half - 1 if signed else 2 * half - 1,
            }
            globals()[name] = _SizedIntMeta(name, (_SizedInt,), body)
            names.append(name)
    return names


INT_NAMES = _make_sized_ints()


def is_sized_int(annotation):
    """Whether `annotation` is one of `u8` ... `i256`."""
    return isinstance(annotation, _SizedIntMeta)


class Address:
    """20-byte account or contract address."""

    SIZE = 20
    ZERO: typing.ClassVar["Address"]

    __slots__ = ("_bytes", "_hex")

    def __init__(self, value):
        self._hex = None
        if isinstance(value, str):
            self._bytes = _parse_address(value)
        elif isinstance(value, Address):
            self._bytes = value._bytes
        elif isinstance(value, collections.abc.Buffer):
            data = bytes(value)
            if len(data) != 20:
                raise Exception(f"invalid address: {len(data)} bytes, expected 20")
            self._bytes = data
        else:
            raise Exception(f"invalid address: {type(value).__name__} is not text or 20 bytes")

    @property
    def as_bytes(self):
        """The 20 bytes."""
        return self._bytes

    @property
    def as_hex(self):
        """Checksummed hex with `0x`."""
        if self._hex is None:
            self._hex = _checksum(self._bytes)
        return self._hex

    @property
    def as_b64(self):
        """Base64."""
        return base64.b64encode(self._bytes).decode("ascii")

    @property
    def as_int(self):
        """Little-endian 160-bit number."""
        return int.from_bytes(self._bytes, "little")

    def is_zero(self):
        """Whether all bytes are zero."""
        return not any(self._bytes)

    def __reduce__(self):
        return (Address, (self._bytes,))

    def __bytes__(self):
        return self._bytes

    def __copy__(self):
        return self

    def __deepcopy__(self, _memo):
        return self

    def __hash__(self):
        return hash(self._bytes)

    def __eq__(self, other):
        return isinstance(other, Address) and self._bytes == other._bytes

    def __lt__(self, other):
        assert isinstance(other, Address), f"an Address is compared with {type(other).__name__}"
        return self._bytes < other._bytes

    def __le__(self, other):
        assert isinstance(other, Address), f"an Address is compared with {type(other).__name__}"
        return self._bytes <= other._bytes

    def __gt__(self, other):
        assert isinstance(other, Address), f"an Address is compared with {type(other).__name__}"
        return self._bytes > other._bytes

    def __ge__(self, other):
        assert isinstance(other, Address), f"an Address is compared with {type(other).__name__}"
        return self._bytes >= other._bytes

    def __repr__(self):
        return f'Address("{self.as_hex}")'

    def __str__(self):
        return self.as_hex

    def __format__(self, spec):
        if spec == "":
            return repr(self)
        if spec in ("s", "x"):
            return self.as_hex
        if spec == "b64":
            return self.as_b64
        if spec == "cd":
            return "addr#" + self._bytes.hex()
        raise TypeError(f"unsupported format of Address: {spec!r}")


def _parse_address(text):
    try:
        if len(text) == 42 and text[:2] in ("0x", "0X"):
            return bytes.fromhex(text[2:])
        if len(text) > 20 and not text.startswith("0x"):
            data = base64.b64decode(text, validate=True)
            if len(data) == 20:
                return data
    except ValueError:
        pass
    raise Exception(f"invalid address {text!r}: expected 0x and 40 hex digits, or base64 of 20 bytes")


def _checksum(data):
    digits = data.hex()
    mask = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        c.upper() if m >= "8" else c for c, m in zip(digits, mask[:40], strict=True)
    )


Address.ZERO = Address(bytes(20))


class Lazy:
    """A value that is made on first use; the value or the exception is kept."""

    __slots__ = ("_make", "_value", "_error")

    def __init__(self, make):
        self._make = make
        self._value = None
        self._error = None

    def __class_getitem__(cls, _item):
        return cls

    def __to_calldata__(self):
        return self.get()

    def get(self):
        """The value; raises what making it raised."""
        make, self._make = self._make, None
        if make is not None:
            try:
                self._value = make()
            except BaseException as error:
                self._error = error
        if self._error is not None:
            raise self._error
        return self._value


class SizedArray(collections.abc.Sequence):
    """Annotation of a fixed-length ABI array: `SizedArray[T, Literal[n]]`."""

    __class_getitem__ = classmethod(types.GenericAlias)

    def __getitem__(self, _index):
        raise IndexError

    def __len__(self):
        return 0


KeccakHash = bytes

__all__ = [*INT_NAMES, "bigint", "Address", "Lazy", "SizedArray", "Keccak256", "KeccakHash"]
