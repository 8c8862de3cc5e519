"""Encoding and decoding of values by the Solidity ABI.

# Invariants
- A codec knows whether its type is dynamic and, if not, how many bytes its head takes.
"""

from abc import abstractmethod
import functools
import typing

from ..keccak import keccak256
from ..storage import Array, DynArray
from ..types import Address, SizedArray, is_sized_int
from .fixed_bytes import FixedBytesMeta

_WORD = 32


class InplaceTuple:
    """As the first element of a tuple type: its members are encoded like arguments."""


class _Codec:
    """One ABI type."""

    name = ""
    #: Bytes in the head; None for dynamic types.
    static = _WORD

    @abstractmethod
    def put(self, value):
        """Encoded value."""

    @abstractmethod
    def take(self, data, at):
        """Value that begins at byte `at`."""


def _word(data, at):
    part = data[at : at + _WORD]
    if len(part) != _WORD:
        raise ValueError("ABI data is too short")
    return part


def _number(data, at):
    return int.from_bytes(_word(data, at), "big")


class _Int(_Codec):
    def __init__(self, kind):
        self.kind = kind
        self.name = ("int" if kind.SIGNED else "uint") + str(kind.SIZE * 8)

    def put(self, value):
        if not self.kind.MIN <= value <= self.kind.MAX:
            raise OverflowError(f"{value} does not fit {self.name}")
        return value.to_bytes(_WORD, "big", signed=self.kind.SIGNED)

    def take(self, data, at):
        value = int.from_bytes(_word(data, at), "big", signed=self.kind.SIGNED)
        if not self.kind.MIN <= value <= self.kind.MAX:
            raise ValueError(f"{value} does not fit {self.name}")
        return value


class _Bool(_Codec):
    name = "bool"

    def put(self, value):
        return int(bool(value)).to_bytes(_WORD, "big")

    def take(self, data, at):
        return _number(data, at) != 0


class _Address(_Codec):
    name = "address"

    def put(self, value):
        return value.as_bytes.rjust(_WORD, b"\0")

    def take(self, data, at):
        return Address(_word(data, at)[12:])


class _FixedBytes(_Codec):
    def __init__(self, size):
        self.size = size
        self.name = f"bytes{size}"

    def put(self, value):
        if len(value) != self.size:
            raise ValueError(f"{len(value)} bytes for {self.name}")
        return bytes(value).ljust(_WORD, b"\0")

    def take(self, data, at):
        return _word(data, at)[: self.size]


class _Bytes(_Codec):
    name = "bytes"
    static = None

    def put(self, value):
        data = bytes(value)
        return len(data).to_bytes(_WORD, "big") + data + bytes(-len(data) % _WORD)

    def take(self, data, at):
        size = _number(data, at)
        part = data[at + _WORD : at + _WORD + size]
        if len(part) != size:
            raise ValueError("ABI data is too short")
        return part


class _Str(_Bytes):
    name = "string"

    def put(self, value):
        return super().put(value.encode("utf-8"))

    def take(self, data, at):
        return super().take(data, at).decode("utf-8")


class _Tuple(_Codec):
    def __init__(self, members):
        self.members = members
        self.name = "(" + ",".join(member.name for member in members) + ")"
        sizes = [member.static for member in members]
        self.static = None if None in sizes else sum(sizes)

    def put(self, value):
        value = tuple(value)
        if len(value) != len(self.members):
            raise ValueError(f"{len(value)} values for {self.name}")
        tail_at = sum(member.static or _WORD for member in self.members)
        head, tail = bytearray(), bytearray()
        for member, item in zip(self.members, value, strict=True):
            data = member.put(item)
            if member.static is None:
                head += (tail_at + len(tail)).to_bytes(_WORD, "big")
                tail += data
            else:
                head += data
        return bytes(head + tail)

    def take(self, data, at):
        values, place = [], at
        for member in self.members:
            if member.static is None:
                values.append(member.take(data, at + _number(data, place)))
                place += _WORD
            else:
                values.append(member.take(data, place))
                place += member.static
        return tuple(values)


class _FixedArray(_Codec):
    def __init__(self, item, count):
        self.name = f"{item.name}[{count}]"
        self.items = _Tuple([item] * count)
        self.static = self.items.static

    def put(self, value):
        return self.items.put(value)

    def take(self, data, at):
        return list(self.items.take(data, at))


class _List(_Codec):
    static = None

    def __init__(self, item):
        self.item = item
        self.name = item.name + "[]"

    def put(self, value):
        value = list(value)
        return len(value).to_bytes(_WORD, "big") + _Tuple([self.item] * len(value)).put(value)

    def take(self, data, at):
        count = _number(data, at)
        if count * (self.item.static or _WORD) > len(data):
            raise ValueError("ABI data is too short")
        return list(_Tuple([self.item] * count).take(data, at + _WORD))


_SIMPLE = {bool: _Bool(), Address: _Address(), bytes: _Bytes(), str: _Str()}


@functools.cache
def _codec(annotation):
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if annotation is None or annotation is type(None):
        return _Tuple([])
    if is_sized_int(annotation):
        return _Int(annotation)
    if isinstance(annotation, FixedBytesMeta):
        return _FixedBytes(annotation.SIZE)
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (list, DynArray):
        return _List(_codec(args[0]))
    if origin in (Array, SizedArray):
        count = args[1]
        if typing.get_origin(count) is typing.Literal:
            count = typing.get_args(count)[0]
        return _FixedArray(_codec(args[0]), count)
    if origin is tuple:
        return _Tuple([_codec(arg) for arg in args if arg is not InplaceTuple and arg != ()])
    raise TypeError(f"not an ABI type: `{annotation!r}`")


def _is_inplace(annotation):
    args = typing.get_args(annotation)
    return bool(args) and args[0] is InplaceTuple


def _whole(annotation):
    codec = _codec(annotation)
    return codec if _is_inplace(annotation) else _Tuple([codec])


def encode(annotation, value):
    """Encodes one value; with `InplaceTuple` the members of a tuple."""
    return _whole(annotation).put(value if _is_inplace(annotation) else (value,))


def decode(annotation, data):
    """Decodes one value; with `InplaceTuple` the members of a tuple."""
    values = _whole(annotation).take(bytes(data), 0)
    return values if _is_inplace(annotation) else values[0]


def type_name_of(annotation):
    """Name in signatures, e.g. `uint256[]`."""
    return _codec(annotation).name


def signature_of(name, params):
    """Signature of a method from its tuple of parameter types."""
    return name + _codec(params).name


def selector_of(name, params):
    """First four bytes of the signature's hash."""
    return keccak256(signature_of(name, params).encode("ascii"))[:4]


class MethodEncoder:
    """Encodes calls of one method and decodes what it returns."""

    __slots__ = ("name", "selector", "_params", "_returns", "_has_return")

    def __init__(self, name, params, ret):
        types = tuple(params) if isinstance(params, (tuple, list)) else typing.get_args(params)
        self.name = name
        self._params = _Tuple([_codec(kind) for kind in types if kind is not InplaceTuple])
        self.selector = keccak256((name + self._params.name).encode("ascii"))[:4]
        self._has_return = ret is not None and ret is not type(None)
        self._returns = _whole(ret) if self._has_return else None

    def encode_call(self, args):
        """Selector and arguments."""
        return self.selector + self._params.put(args)

    def decode_ret(self, data):
        """The returned value, None if there is none."""
        if not self._has_return:
            return None
        values = self._returns.take(bytes(data), 0)
        return values[0] if len(values) == 1 else values
