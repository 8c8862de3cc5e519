"""Kinds: how one annotated type is laid out in a slot.

A kind knows its inline `size`, reads (`get`), writes (`set`) and copies between slots (`copy`).

# Invariants
- A `plain` kind is wholly inline, so a run of plain bytes copies as bytes.
- There is one kind object per type: kinds compare by identity.
"""

from abc import abstractmethod
import datetime
import struct
import types
import typing

from ..types import Address, bigint, is_sized_int


class Kind:
    """Layout of one type. `annotation` is the type it was made from."""

    __slots__ = ("annotation", "size")
    plain = False
    #: Bytes of a value, for kinds of which runs can be written at once.
    pack = None
    #: Whether `get` returns a live view instead of a value.
    view = False

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


class IntKind(PlainKind):
    """Sized integers, little-endian two's complement."""

    __slots__ = ("signed",)

    def __init__(self, annotation):
        super().__init__(annotation, annotation.SIZE)
        self.signed = annotation.SIGNED

    def get(self, slot, offset):
        return int.from_bytes(slot.read(offset, self.size), "little", signed=self.signed)

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

    def get(self, slot, offset):
        return slot.read(offset, 1) != b"\0"

    def pack(self, value):
        return b"\1" if value else b"\0"


class FloatKind(PlainKind):
    """`float`: IEEE-754 double, little-endian."""

    __slots__ = ()

    def get(self, slot, offset):
        return struct.unpack("<d", slot.read(offset, 8))[0]

    def pack(self, value):
        return struct.pack("<d", value)


class AddressKind(PlainKind):
    """`Address`: its 20 bytes."""

    __slots__ = ()

    def get(self, slot, offset):
        return Address(slot.read(offset, 20))

    def pack(self, value):
        if not isinstance(value, Address):
            raise TypeError(f"expected an Address, got {type(value).__name__}: use Address(...)")
        return value.as_bytes


_UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
_SECOND = datetime.timedelta(seconds=1)


class DatetimeKind(PlainKind):
    """`datetime`: seconds, microseconds, and the zone's offset if it has one."""

    __slots__ = ()
    _LAYOUT = struct.Struct("<QI?iii")

    def get(self, slot, offset):
        seconds, micros, aware, days, off_seconds, off_micros = self._LAYOUT.unpack(
            slot.read(offset, self.size)
        )
        moment = _EPOCH + datetime.timedelta(seconds=seconds, microseconds=micros)
        if not aware:
            return moment.replace(tzinfo=None)
        delta = datetime.timedelta(days, off_seconds, off_micros)
        return moment.astimezone(datetime.timezone(delta) if delta else _UTC)

    def pack(self, value):
        if not isinstance(value, datetime.datetime):
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

    @abstractmethod
    def to_bytes(self, value):
        """Content of a value."""

    @abstractmethod
    def from_bytes(self, data):
        """Value of a content."""

    def get(self, slot, offset):
        size = int.from_bytes(slot.read(offset, 4), "little")
        return self.from_bytes(slot.indirect(offset).read(0, size) if size else b"")

    def set(self, slot, offset, value):
        data = self.to_bytes(value)
        slot.write(offset, len(data).to_bytes(4, "little"))
        if data:
            slot.indirect(offset).write(0, data)

    def copy(self, source, source_offset, target, offset):
        head = source.read(source_offset, 4)
        target.write(offset, head)
        size = int.from_bytes(head, "little")
        if size:
            data = source.indirect(source_offset).read(0, size)
            target.indirect(offset).write(0, data)


class StrKind(BlobKind):
    """`str`: UTF-8."""

    __slots__ = ()

    def to_bytes(self, value):
        if not isinstance(value, str):
            raise TypeError(f"expected a str, got {type(value).__name__}")
        return value.encode("utf-8")

    def from_bytes(self, data):
        return data.decode("utf-8")


class BytesKind(BlobKind):
    """`bytes`."""

    __slots__ = ()

    def to_bytes(self, value):
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise TypeError(f"expected bytes, got {type(value).__name__}")
        return bytes(value)

    def from_bytes(self, data):
        return data


class BigIntKind(BlobKind):
    """`bigint`: signed little-endian, two bytes more than the magnitude."""

    __slots__ = ()

    def to_bytes(self, value):
        if not isinstance(value, int):
            raise TypeError(f"expected an integer for bigint, got {type(value).__name__}")
        return value.to_bytes((value.bit_length() + 7) // 8 + 2, "little", signed=True)

    def from_bytes(self, data):
        return int.from_bytes(data, "little", signed=True)


def describe(annotation):
    """Readable name of an annotation."""
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")


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
    _KINDS[datetime.datetime] = DatetimeKind(datetime.datetime, 25)


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


def _make_kind(annotation):
    if is_sized_int(annotation):
        return IntKind(annotation)
    if annotation is int:
        raise TypeError("`int` can not be stored, please, use `bigint` or a sized integer, e.g. `u256`")
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return kind_of(typing.get_args(annotation)[0])
    if origin in GENERIC:
        return GENERIC[origin](annotation, typing.get_args(annotation))
    if annotation in GENERIC:
        raise Exception(
            f"incorrect number of generic arguments: `{annotation.__name__}` needs its element types"
        )
    if origin is list or origin is dict:
        for arg in typing.get_args(annotation):
            kind_of(arg)
        raise AssertionError("use DynArray" if origin is list else "use TreeMap")
    if origin is typing.Union or origin is types.UnionType:
        raise TypeError(f"`{describe(annotation)}` can not be stored: unions have no fixed layout")
    marked = origin if isinstance(origin, type) else annotation
    if isinstance(marked, type):
        if not marked.__dict__.get("__gl_allow_storage__", False):
            raise TypeError(
                "class is not marked for usage within storage, please, annotate it with "
                f"@allow_storage: `{marked.__name__}`"
            )
        return RECORD[0](annotation)
    raise TypeError(f"`{describe(annotation)}` can not be stored")
