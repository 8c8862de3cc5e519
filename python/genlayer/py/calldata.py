"""Calldata: the canonical encoding of values that cross a contract's border.

# Invariants
- One value has one encoding: minimal ULEB128, map keys strictly ascending.
- Floats, sets and other non-encodable values raise `TypeError`.
"""

import abc
import collections.abc
import json

from .types import Address

_SPECIAL_NULL = 0
_SPECIAL_FALSE = 8
_SPECIAL_TRUE = 16
_SPECIAL_ADDRESS = 24
_PINT, _NINT, _BYTES, _STR, _ARRAY, _MAP = 1, 2, 3, 4, 5, 6


class CalldataEncodable(metaclass=abc.ABCMeta):
    """A class that says itself how it is encoded."""

    @abc.abstractmethod
    def __to_calldata__(self):
        """An encodable value."""


class DataclassMixin(CalldataEncodable):
    """Encodes a dataclass as a map of its fields."""

    def __to_calldata__(self):
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class DecodingError(ValueError):
    """Bytes are not canonical calldata."""


class Raw:
    """Bytes that already are calldata."""

    __slots__ = ("data",)

    def __init__(self, data):
        self.data = bytes(data)

    def __eq__(self, other):
        return isinstance(other, Raw) and self.data == other.data

    def __hash__(self):
        return hash(self.data)


Encodable = object
Decoded = object
EncodableWithDefault = object


def _uleb(out, value):
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _int(out, value):
    if value >= 0:
        _uleb(out, value << 3 | _PINT)
    else:
        _uleb(out, (-value - 1) << 3 | _NINT)


def _map(out, mapping, default):
    items = list(mapping.items())
    for key, _ in items:
        if not isinstance(key, str):
            raise TypeError(f"key is not string: {key!r} ({type(key).__name__})")
    items.sort(key=_first)
    _uleb(out, len(items) << 3 | _MAP)
    for key, value in items:
        data = key.encode("utf-8")
        _uleb(out, len(data))
        out += data
        _value(out, value, default)


def _first(item):
    return item[0]


def _sequence(out, sequence, default):
    _uleb(out, len(sequence) << 3 | _ARRAY)
    for item in sequence:
        _value(out, item, default)


def _value(out, value, default):
    if default is not None:
        value = default(value)
    kind = type(value)
    if kind is str:
        data = value.encode("utf-8")
        _uleb(out, len(data) << 3 | _STR)
        out += data
    elif kind is int:
        _int(out, value)
    elif value is None:
        out.append(_SPECIAL_NULL)
    elif value is True:
        out.append(_SPECIAL_TRUE)
    elif value is False:
        out.append(_SPECIAL_FALSE)
    elif kind is dict:
        _map(out, value, default)
    elif kind is list or kind is tuple:
        _sequence(out, value, default)
    elif kind is bytes:
        _uleb(out, len(value) << 3 | _BYTES)
        out += value
    elif kind is Address:
        out.append(_SPECIAL_ADDRESS)
        out += value.as_bytes
    else:
        _other(out, value, kind, default)


def _other(out, value, kind, default):
    if isinstance(value, CalldataEncodable) or hasattr(kind, "__to_calldata__"):
        _value(out, value.__to_calldata__(), default)
    elif hasattr(kind, "__dataclass_fields__"):
        _map(out, {name: getattr(value, name) for name in kind.__dataclass_fields__}, default)
    elif isinstance(value, Raw):
        out += value.data
    elif isinstance(value, int):
        _int(out, int(value))
    elif isinstance(value, str):
        _value(out, str.__str__(value), default)
    elif isinstance(value, Address):
        out.append(_SPECIAL_ADDRESS)
        out += value.as_bytes
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        _uleb(out, len(data) << 3 | _BYTES)
        out += data
    elif isinstance(value, collections.abc.Mapping):
        _map(out, value, default)
    elif isinstance(value, collections.abc.Sequence):
        _sequence(out, value, default)
    else:
        hint = " (use a string or a scaled integer)" if isinstance(value, float) else ""
        raise TypeError(f"not calldata encodable {value!r}: {kind.__name__}{hint}")


def encode(value, *, default=None):
    """Encodes a value; `default` is applied to every node first."""
    out = bytearray()
    _value(out, value, default)
    return bytes(out)


class _Reader:
    __slots__ = ("data", "pos")

    def __init__(self, data):
        self.data = data
        self.pos = 0

    def uleb(self):
        data, pos = self.data, self.pos
        value = shift = 0
        while True:
            if pos >= len(data):
                raise DecodingError("unexpected end of calldata")
            byte = data[pos]
            pos += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if byte == 0 and shift:
            raise DecodingError("most significant octet can not be zero")
        self.pos = pos
        return value

    def take(self, size):
        end = self.pos + size
        if end > len(self.data):
            raise DecodingError("unexpected end of calldata")
        part = self.data[self.pos : end]
        self.pos = end
        return part

    def text(self, size):
        try:
            return self.take(size).decode("utf-8")
        except UnicodeDecodeError as error:
            raise DecodingError(f"text is not utf-8: {error}") from None

    def value(self):
        head = self.uleb()
        kind, size = head & 7, head >> 3
        if kind == _PINT:
            return size
        if kind == _STR:
            return self.text(size)
        if kind == _MAP:
            return self.map(size)
        if kind == _ARRAY:
            return [self.value() for _ in range(size)]
        if kind == _NINT:
            return -size - 1
        if kind == _BYTES:
            return self.take(size)
        return self.special(head)

    def special(self, head):
        if head == _SPECIAL_NULL:
            return None
        if head == _SPECIAL_FALSE:
            return False
        if head == _SPECIAL_TRUE:
            return True
        if head == _SPECIAL_ADDRESS:
            return Address(self.take(20))
        raise DecodingError(f"invalid calldata header {head}")

    def map(self, size):
        result = {}
        previous = None
        for _ in range(size):
            key = self.text(self.uleb())
            if previous is not None and key <= previous:
                raise DecodingError(f"unordered calldata keys: {previous!r} before {key!r}")
            previous = key
            result[key] = self.value()
        return result


def decode(data):
    """Decodes one value; the bytes must hold nothing else."""
    reader = _Reader(bytes(data))
    value = reader.value()
    if reader.pos != len(reader.data):
        raise DecodingError(f"{len(reader.data) - reader.pos} bytes after the end of calldata")
    return value


def to_str(value):
    """The readable form used in logs: no spaces, `b#hex`, `addr#hex`."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, Address):
        return "addr#" + value.as_bytes.hex()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "b#" + bytes(value).hex()
    if isinstance(value, Raw):
        return "raw#" + value.data.hex()
    if isinstance(value, collections.abc.Mapping):
        return "{" + ",".join(f"{json.dumps(k)}:{to_str(v)}" for k, v in value.items()) + "}"
    if isinstance(value, collections.abc.Sequence):
        return "[" + ",".join(to_str(item) for item in value) + "]"
    if isinstance(value, CalldataEncodable):
        return to_str(value.__to_calldata__())
    if hasattr(type(value), "__dataclass_fields__"):
        return to_str({name: getattr(value, name) for name in value.__dataclass_fields__})
    raise TypeError(f"not calldata encodable {value!r}: {type(value).__name__}")


__all__ = [
    "CalldataEncodable",
    "DataclassMixin",
    "Decoded",
    "DecodingError",
    "Encodable",
    "Raw",
    "decode",
    "encode",
    "to_str",
]
