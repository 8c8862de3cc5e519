"""Kinds: how one annotated type is laid out in a slot.

A kind knows its inline `size`, reads (`get`), writes (`set`) and copies between slots (`copy`).

# Invariants
- A `plain` kind is wholly inline, so a run of plain bytes copies as bytes.
- There is one kind object per type: kinds compare by identity.
"""

from abc import abstractmethod
import datetime
import decimal
import enum
import struct
import types
import typing

from ..types import Address, bigint, is_sized_int


#: What the bytes of a kind's values are: all inline; a length inline and the rest in the child
#: slot; or no bytes of their own, because reading gives a live view. The numbers are the node's.
INLINE, BLOB, VIEW = range(3)
#: How the node compares keys, by its numbers.
UNSIGNED, SIGNED, FIRST_BYTE, TRUTH, TEXT, NUMBER = range(6)


class Kind:
    """Layout of one type. `annotation` is the type it was made from."""

    __slots__ = ("annotation", "size")
    plain = False
    form = VIEW
    #: How the node compares keys of this kind; None if only Python can.
    order = None

    def __init__(self, annotation, size):
        self.annotation = annotation
        self.size = size

    @abstractmethod
    def get(self, slot, offset):
        """The value or view at `offset`."""

    @abstractmethod
    def set(self, slot, offset, value):
        """Writes a value."""

    @abstractmethod
    def copy(self, source, source_offset, target, offset):
        """Copies the value deeply."""

    def __reduce__(self):
        return (kind_of, (self.annotation,))

    def __repr__(self):
        return describe(self.annotation)


class PlainKind(Kind):
    """A kind without data outside of its inline bytes."""

    __slots__ = ()
    plain = True
    form = INLINE

    @abstractmethod
    def pack(self, value):
        """Bytes of a value."""

    @abstractmethod
    def unpack(self, data):
        """Value of the bytes."""

    def get(self, slot, offset):
        return self.unpack(slot.read(offset, self.size))

    def set(self, slot, offset, value):
        slot.write(offset, self.pack(value))

    def copy(self, source, source_offset, target, offset):
        target.write(offset, source.read(source_offset, self.size))


class NoneKind(PlainKind):
    """`None`: no bytes."""

    __slots__ = ()

    def get(self, slot, offset):
        return None

    def set(self, slot, offset, value):
        if value is not None:
            raise TypeError(f"expected None, got {type(value).__name__}")

    def copy(self, source, source_offset, target, offset):
        return None

    def pack(self, value):
        self.set(None, 0, value)
        return b""

    def unpack(self, data):
        return None


class IntKind(PlainKind):
    """Sized integers, little-endian two's complement."""

    __slots__ = ("signed", "order")

    def __init__(self, annotation):
        super().__init__(annotation, annotation.SIZE)
        self.signed = annotation.SIGNED
        self.order = SIGNED if self.signed else UNSIGNED

    def unpack(self, data):
        return int.from_bytes(data, "little", signed=self.signed)

    def pack(self, value):
        if not isinstance(value, int):
            raise TypeError(f"expected an integer for {self}, got {type(value).__name__}")
        try:
            return value.to_bytes(self.size, "little", signed=self.signed)
        except OverflowError:
            raise OverflowError(f"{value} does not fit {self}") from None


class BoolKind(PlainKind):
    """`bool`: one byte, anything but zero reads True."""

    __slots__ = ()

    order = TRUTH

    def unpack(self, data):
        return data != b"\0"

    def pack(self, value):
        return b"\1" if value else b"\0"


class FloatKind(PlainKind):
    """`float`: IEEE-754 double, little-endian."""

    __slots__ = ()

    def unpack(self, data):
        return struct.unpack("<d", data)[0]

    def pack(self, value):
        return struct.pack("<d", value)


class AddressKind(PlainKind):
    """`Address`: its 20 bytes."""

    __slots__ = ()

    order = FIRST_BYTE

    def unpack(self, data):
        return Address(data)

    def pack(self, value):
        if not isinstance(value, Address):
            raise TypeError(f"expected an Address, got {type(value).__name__}: use Address(...)")
        return value.as_bytes


_UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
_SECOND = datetime.timedelta(seconds=1)
# Test tools put a class with a clock of its own over `datetime`; what it makes is of this one.
_MOMENT = type(datetime.datetime.min)


class DatetimeKind(PlainKind):
    """`datetime`: seconds, microseconds, and the zone's offset if it has one."""

    __slots__ = ()
    _LAYOUT = struct.Struct("<QI?iii")

    def unpack(self, data):
        seconds, micros, aware, days, off_seconds, off_micros = self._LAYOUT.unpack(data)
        moment = _EPOCH + datetime.timedelta(seconds=seconds, microseconds=micros)
        if not aware:
            return moment.replace(tzinfo=None)
        delta = datetime.timedelta(days, off_seconds, off_micros)
        return moment.astimezone(datetime.timezone(delta) if delta else _UTC)

    def pack(self, value):
        if not isinstance(value, _MOMENT):
            raise TypeError(f"expected a datetime, got {type(value).__name__}")
        delta = value.utcoffset()
        aware = delta is not None
        if not aware:
            value, delta = value.replace(tzinfo=_UTC), datetime.timedelta()
        since = value - _EPOCH
        seconds = since // _SECOND
        if seconds < 0:
            raise OverflowError("a stored datetime can not be before 1970")
        return self._LAYOUT.pack(
            seconds, since.microseconds, aware, delta.days, delta.seconds, delta.microseconds
        )


class BlobKind(Kind):
    """Kinds with a byte length inline and the content in the child slot."""

    __slots__ = ()
    form = BLOB

    @abstractmethod
    def pack(self, value):
        """Content of a value."""

    @abstractmethod
    def unpack(self, data):
        """Value of a content."""

    def get(self, slot, offset):
        return self.unpack(slot.read_blob(offset))

    def set(self, slot, offset, value):
        slot.write_blob(offset, self.pack(value))

    def copy(self, source, source_offset, target, offset):
        target.write_blob(offset, source.read_blob(source_offset))


class StrKind(BlobKind):
    """`str`: UTF-8."""

    __slots__ = ()
    order = TEXT

    def pack(self, value):
        if not isinstance(value, str):
            raise TypeError(f"expected a str, got {type(value).__name__}")
        return value.encode("utf-8")

    def unpack(self, data):
        return data.decode("utf-8")


class BytesKind(BlobKind):
    """`bytes`."""

    __slots__ = ()
    order = TEXT

    def pack(self, value):
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes, got {type(value).__name__}")
        return bytes(value)

    def unpack(self, data):
        return data


class BigIntKind(BlobKind):
    """`bigint`: signed little-endian, two bytes more than the magnitude."""

    __slots__ = ()
    order = NUMBER

    def pack(self, value):
        if not isinstance(value, int):
            raise TypeError(f"expected an integer for bigint, got {type(value).__name__}")
        return value.to_bytes((value.bit_length() + 7) // 8 + 2, "little", signed=True)

    def unpack(self, data):
        return int.from_bytes(data, "little", signed=True)


def describe(annotation):
    """Readable name of an annotation."""
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation.__qualname__
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(origin, type) and args and origin is not types.UnionType:
        return f"{origin.__qualname__}[{', '.join(map(_argument, args))}]"
    return str(annotation).replace("typing.", "")


def _argument(arg):
    return "..." if arg is Ellipsis else describe(arg)


#: What beginners write, and what storage has.
_STORED = {list: "DynArray", dict: "TreeMap"}


def _stored(annotation):
    """A list or a dict of Python as a stored type."""
    if annotation is int:
        return "bigint"
    origin = typing.get_origin(annotation)
    if origin not in _STORED:
        return describe(annotation)
    return f"{_STORED[origin]}[{', '.join(map(_stored, typing.get_args(annotation)))}]"


_KINDS = {}
#: Makes the kind of a generic type from the annotation and its arguments.
GENERIC = {}
#: Makes the kind of a class marked for storage: set by the records module.
RECORD = []


def _scalars():
    none = NoneKind(type(None), 0)
    _KINDS[None] = _KINDS[type(None)] = none
    _KINDS[bool] = BoolKind(bool, 1)
    _KINDS[float] = FloatKind(float, 8)
    _KINDS[Address] = AddressKind(Address, 20)
    _KINDS[str] = StrKind(str, 4)
    _KINDS[bytes] = BytesKind(bytes, 4)
    _KINDS[bigint] = BigIntKind(bigint, 4)
    _KINDS[datetime.datetime] = _KINDS[_MOMENT] = DatetimeKind(datetime.datetime, 25)


_scalars()


def kind_of(annotation):
    """The kind of a type annotation; raises `TypeError` when it can not be stored."""
    try:
        kind = _KINDS.get(annotation)
    except TypeError:
        raise TypeError(f"`{annotation!r}` is not a storage type") from None
    if kind is None:
        kind = _KINDS[annotation] = _make_kind(annotation)
    return kind


def register(annotation, kind):
    """Makes a kind known that was built elsewhere."""
    _KINDS[annotation] = kind


def register_generic(origin, make):
    """Makes `origin[...]` storable: `make(annotation, arguments)` gives the kind."""
    GENERIC[origin] = make


def _make_kind(annotation):
    if is_sized_int(annotation):
        return IntKind(annotation)
    if annotation is int:
        raise TypeError("`int` can not be stored, please, use `bigint` or a sized integer, e.g. `u256`")
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return kind_of(typing.get_args(annotation)[0])
    if (getattr(origin or annotation, "__module__", None) or "").partition(".")[0] == "numpy":
        from . import _numpy

        found = _numpy.kind(annotation, origin)
        if found is not None:
            return found
    if origin in GENERIC:
        return GENERIC[origin](annotation, typing.get_args(annotation))
    if annotation in GENERIC:
        raise wrong_arguments(annotation, "needs its types")
    if origin in _STORED:
        advice = f"use {_STORED[origin]}: `{_stored(annotation)}` instead of `{describe(annotation)}`"
        for arg in typing.get_args(annotation):
            if arg is int:
                raise TypeError(advice)
            kind_of(arg)
        raise AssertionError(advice)
    marked = origin if isinstance(origin, type) else annotation
    if isinstance(marked, type) and marked.__dict__.get("__gl_allow_storage__", False):
        return RECORD[0](annotation)
    raise TypeError(refusal(annotation, origin))


_EXAMPLES = {
    "Array": "Array[u8, Literal[4]]",
    "DynArray": "DynArray[u256]",
    "TreeMap": "TreeMap[str, u256]",
}
_UNMARKED = "class is not marked for usage within storage, please, annotate it with @allow_storage"
#: What to use instead, by the type that can not be stored.
_INSTEAD = {
    list: "use `DynArray[...]`, for example `DynArray[str]`",
    dict: "use `TreeMap[..., ...]`, for example `TreeMap[str, u256]`",
    set: "use `TreeMap[..., bool]`, for example `TreeMap[str, bool]`, whose keys are the members",
    frozenset: "use `TreeMap[..., bool]`, for example `TreeMap[str, bool]`, whose keys are the members",
    tuple: "use a dataclass with @allow_storage, or `Array[..., Literal[n]]`",
    bytearray: "use `bytes`",
    complex: "use two `float`s",
    decimal.Decimal: "use `str`, or a sized integer of the smallest unit",
    datetime.date: "use `datetime.datetime`",
    datetime.timedelta: "use `u64` seconds",
    object: "name the type that is stored",
}


def refusal(annotation, origin):
    """Why an annotation can not be stored, and what to use instead."""
    name = describe(annotation)
    if origin is typing.Union or origin is types.UnionType:
        others = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        if len(others) == 1:
            inner = describe(others[0])
            advice = f"use `{inner}` with a value that means none, or `DynArray[{inner}]` of at most one"
        else:
            advice = "use one field for each type, or a dataclass with @allow_storage"
        return f"`{name}` can not be stored: unions have no fixed layout; {advice}"
    if annotation is typing.Any:
        return "`Any` can not be stored: name the type, or keep JSON text in a `str`"
    if origin is typing.Literal:
        return f"`{name}` can not be stored: use `str` or a sized integer"
    if isinstance(annotation, typing.TypeVar):
        return f"`{name}` is a type variable without a value: give the class its arguments"
    cls = origin or annotation
    if not isinstance(cls, type):
        return f"`{name}` can not be stored: it is not a type"
    if issubclass(cls, enum.Enum):
        value = "str" if issubclass(cls, str) else "u8"
        return f"`{name}` is an Enum, which can not be stored: use `{value}` and keep `.value`"
    advice = _INSTEAD.get(cls)
    if advice is None:
        return f"{_UNMARKED}: `{name}`"
    return f"`{name}` can not be stored: {advice}"


def wrong_arguments(annotation, what):
    """The error of a generic type with too many arguments, or too few."""
    name = describe(typing.get_origin(annotation) or annotation)
    return TypeError(
        f"incorrect number of generic arguments: `{describe(annotation)}` {what}, "
        f"e.g. `{_EXAMPLES.get(name, name + '[...]')}`"
    )
