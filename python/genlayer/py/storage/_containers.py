"""Sequences in storage: `DynArray` and `Array`.

# Invariants
- A container object is a view: it holds a place, never items.
- `DynArray()` without an element type is only an empty value to assign.
"""

import collections.abc
import struct
import types
import typing

from ._kinds import INLINE, VIEW, Kind, describe, kind_of, register_generic, wrong_arguments
from ._slots import MemSlot

_U32 = struct.Struct("<I")


class View:
    """What all views share: a kind and a place."""

    __slots__ = ("_kind", "_storage_slot", "_off")

    __class_getitem__ = classmethod(types.GenericAlias)

    def __getattr__(self, name):
        if name in ("_kind", "_storage_slot", "_off"):
            raise TypeError(
                f"`{type(self).__name__}()` without types is only an empty value to assign to a "
                f"field; write `{type(self).__name__}[...]()`, with its types, to work with it"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name, value):
        # `Type[args]()` reports its arguments this way: the object gets its own memory.
        if name == "__orig_class__":
            kind = kind_of(value)
            _bind(self, kind, MemSlot(), 0)
            if self._initial:
                kind.set(self._storage_slot, 0, self._initial)
        else:
            object.__setattr__(self, name, value)

    def __reduce__(self):
        return (_restore, (self._kind, self._storage_slot, self._off))

    def __deepcopy__(self, _memo):
        slot = MemSlot()
        self._kind.copy(self._storage_slot, self._off, slot, 0)
        return self._kind.get(slot, 0)


def _bind(view, kind, slot, offset):
    put = object.__setattr__
    put(view, "_kind", kind)
    put(view, "_storage_slot", slot)
    put(view, "_off", offset)
    return view


def _restore(kind, slot, offset):
    return kind.get(slot, offset)


def is_bound(view):
    """Whether a container knows its types and place."""
    try:
        return view._kind is not None
    except TypeError:
        return False


class ViewKind(Kind):
    """A kind read as a live view."""

    __slots__ = ()
    cls = View

    def get(self, slot, offset):
        cls = self.cls
        view = cls.__new__(cls)
        put = object.__setattr__
        put(view, "_kind", self)
        put(view, "_storage_slot", slot)
        put(view, "_off", offset)
        return view


def same_place(view, slot, offset):
    """Whether a view shows this very place."""
    return view._storage_slot is slot and view._off == offset


def detached(kind, values, slot):
    """Values of which none is a view into `slot`, so that writing there can not change them."""
    if kind.form != VIEW:
        return values
    return [_detach(value, slot) for value in values]


def _detach(value, slot):
    if getattr(value, "_storage_slot", None) is not slot:
        return value
    return value.__deepcopy__({})


def write_items(kind, slot, offset, values):
    """Writes consecutive items from `offset`."""
    if kind.form == INLINE:
        data = b"".join(map(kind.pack, values))
        if data:
            slot.write(offset, data)
        return
    for value in values:
        kind.set(slot, offset, value)
        offset += kind.size


def copy_items(kind, count, source, source_offset, target, offset):
    """Copies consecutive items."""
    if count == 0 or kind.size == 0:
        return
    if kind.plain:
        target.write(offset, source.read(source_offset, count * kind.size))
        return
    for _ in range(count):
        kind.copy(source, source_offset, target, offset)
        source_offset += kind.size
        offset += kind.size


#: Most items, and most bytes, that iteration reads ahead.
_AHEAD = 64
_AHEAD_BYTES = 4096


def read_items(kind, slot, offset, count):
    """Consecutive items, as many as it is worth to read at once and at least one."""
    size = kind.size
    if kind.form != INLINE or not 0 < size <= _AHEAD_BYTES:
        return (kind.get(slot, offset),)
    count = min(count, _AHEAD, _AHEAD_BYTES // size)
    data, unpack = slot.read(offset, count * size), kind.unpack
    if count == 1:
        return (unpack(data),)
    return tuple(unpack(data[at : at + size]) for at in range(0, count * size, size))


def equal_items(mine, other):
    """Whether a sequence of storage has the items of a list, a tuple or another such sequence."""
    if not isinstance(other, (list, tuple, DynArray, Array)):
        return NotImplemented
    return len(mine) == len(other) and all(a == b for a, b in zip(mine, other, strict=False))


class DynArray(View, collections.abc.MutableSequence):
    """A list in storage."""

    __slots__ = ("_initial",)
    __hash__ = None

    def __init__(self, items=(), /):
        self._initial = list(items)

    def _items(self):
        return self._storage_slot.indirect(self._off)

    def _set_len(self, length):
        self._storage_slot.write(self._off, _U32.pack(length))

    def __len__(self):
        return _U32.unpack(self._storage_slot.read(self._off, 4))[0]

    def _index(self, index, length):
        index = index.__index__()
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError(f"index out of range: {index} of {length}")
        return index

    def __getitem__(self, index):
        item = self._kind.item
        if isinstance(index, slice):
            items = self._items()
            return [item.get(items, i * item.size) for i in range(*index.indices(len(self)))]
        return item.get(self._items(), self._index(index, len(self)) * item.size)

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            self._set_slice(index, value)
            return
        item = self._kind.item
        item.set(self._items(), self._index(index, len(self)) * item.size, value)

    def _set_slice(self, index, values):
        item, items, length = self._kind.item, self._items(), len(self)
        values = detached(item, list(values), items)
        start, stop, step = index.indices(length)
        if step != 1:
            places = range(start, stop, step)
            if len(places) != len(values):
                raise ValueError(f"{len(values)} values for {len(places)} places of the slice")
            for place, value in zip(places, values, strict=True):
                item.set(items, place * item.size, value)
            return
        stop = max(start, stop)
        grow = len(values) - (stop - start)
        if grow:
            self._shift(stop, grow, length)
        write_items(item, items, start * item.size, values)

    def _shift(self, first, by, length):
        """Moves the items from `first` on by `by` places and sets the length."""
        item, items = self._kind.item, self._items()
        size = item.size
        if by > 0:
            self._set_len(length + by)
        if item.plain:
            copy_items(item, length - first, items, first * size, items, (first + by) * size)
        else:
            order = range(first, length) if by < 0 else range(length - 1, first - 1, -1)
            for i in order:
                item.copy(items, i * size, items, (i + by) * size)
        if by < 0:
            self._set_len(length + by)

    def __delitem__(self, index):
        length = len(self)
        if not isinstance(index, slice):
            index = self._index(index, length)
            self._shift(index + 1, -1, length)
            return
        start, stop, step = index.indices(length)
        if step == 1:
            if stop > start:
                self._shift(stop, start - stop, length)
            return
        gone = set(range(start, stop, step))
        item, items, kept = self._kind.item, self._items(), 0
        for i in range(length):
            if i not in gone:
                if i != kept:
                    item.copy(items, i * item.size, items, kept * item.size)
                kept += 1
        self._set_len(kept)

    def append(self, value):
        """Adds one item at the end."""
        item, length = self._kind.item, len(self)
        item.set(self._items(), length * item.size, value)
        self._set_len(length + 1)

    def append_new_get(self):
        """Adds a zero-initialised item and returns it."""
        item, length = self._kind.item, len(self)
        items = self._items()
        if item.size:
            items.write(length * item.size, bytes(item.size))
        self._set_len(length + 1)
        return item.get(items, length * item.size)

    def extend(self, values):
        """Adds items at the end."""
        item, items, length = self._kind.item, self._items(), len(self)
        values = list(values)
        write_items(item, items, length * item.size, values)
        self._set_len(length + len(values))

    def pop(self, index=-1):
        """Removes an item, by default the last one, and returns it."""
        length = len(self)
        if length == 0:
            raise IndexError("can't pop from an empty array")
        index = self._index(index, length)
        value = self[index]
        if self._kind.item.form == VIEW:
            value = _copied(value)
        self._shift(index + 1, -1, length)
        return value

    def insert(self, index, value):
        """Puts an item before `index`, which like a list's may be beyond the end."""
        length = len(self)
        index = index.__index__()
        index = max(index + length, 0) if index < 0 else min(index, length)
        if index == length:
            self.append(value)
            return
        item = self._kind.item
        value = detached(item, [value], self._items())[0]
        self._shift(index, 1, length)
        item.set(self._items(), index * item.size, value)

    def sort(self, *, key=None, reverse=False):
        """Sorts in place, like a list."""
        values = [_copied(value) for value in self] if self._kind.item.form == VIEW else list(self)
        values.sort(key=key, reverse=reverse)
        write_items(self._kind.item, self._items(), 0, values)

    def clear(self):
        """Removes all items."""
        self._set_len(0)

    def reverse(self):
        """Turns the order around."""
        self[:] = self[::-1]

    def assign(self, values):
        """Replaces all items; returns self."""
        self._kind.set(self._storage_slot, self._off, values)
        return self

    def __iter__(self):
        # Items that are added meanwhile are not visited: appending in the loop must end.
        slot, items, item = self._storage_slot, self._items(), self._kind.item
        index, ahead, seen, end = 0, (), None, len(self)
        while index < end:
            now = slot.version, items.version
            if not ahead or now != seen:
                length = min(end, len(self))
                if index >= length:
                    return
                ahead = list(read_items(item, items, index * item.size, length - index))
                ahead.reverse()
                seen = now
            index += 1
            yield ahead.pop()

    def __eq__(self, other):
        return equal_items(self, other)

    def __repr__(self):
        return "[" + ",".join(repr(item) for item in self) + "]"


def _copied(value):
    """A value that stays what it is when the storage changes."""
    return value.__deepcopy__({}) if hasattr(value, "_storage_slot") else value


class DynArrayKind(ViewKind):
    """Length inline, items in the child slot."""

    __slots__ = ("item",)
    cls = DynArray

    def __init__(self, annotation, item):
        super().__init__(annotation, 4)
        self.item = item

    def set(self, slot, offset, value):
        if isinstance(value, DynArray):
            if is_bound(value):
                self._set_array(slot, offset, value)
                return
            value = value._initial
        if isinstance(value, (str, bytes)) or not isinstance(value, collections.abc.Sequence):
            raise TypeError(f"expected a list for `{self}`, got {type(value).__name__}: pass a list or a tuple")
        items = slot.indirect(offset)
        values = detached(self.item, value, items)
        write_items(self.item, items, 0, values)
        slot.write(offset, _U32.pack(len(value)))

    def _set_array(self, slot, offset, value):
        if value._kind.item is not self.item:
            raise TypeError(f"incompatible vector type: `{self}` <- `{value._kind}`")
        if not same_place(value, slot, offset):
            self.copy(value._storage_slot, value._off, slot, offset)

    def copy(self, source, source_offset, target, offset):
        head = source.read(source_offset, 4)
        count = _U32.unpack(head)[0]
        if count:
            items = source.indirect(source_offset)
            copy_items(self.item, count, items, 0, target.indirect(offset), 0)
        target.write(offset, head)


class Array(View, collections.abc.Sequence):
    """A fixed number of items, inline: `Array[T, Literal[n]]`."""

    __slots__ = ()
    __hash__ = None

    def __init__(self, *_args):
        raise TypeError("`Array` can not be made with a constructor, use `gl.storage.inmem_allocate`")

    def __len__(self):
        return self._kind.count

    def _place(self, index):
        kind = self._kind
        index = index.__index__()
        if index < 0:
            index += kind.count
        if not 0 <= index < kind.count:
            raise IndexError(f"index out of range: {index} of {kind.count}")
        return self._off + index * kind.item.size

    def __getitem__(self, index):
        item = self._kind.item
        if isinstance(index, slice):
            start, stop, step = index.indices(self._kind.count)
            if step != 1:
                raise KeyError("the step of an Array slice must be 1")
            part = ArrayKind(None, item, max(stop - start, 0))
            return part.get(self._storage_slot, self._off + start * item.size)
        return item.get(self._storage_slot, self._place(index))

    def __setitem__(self, index, value):
        self._kind.item.set(self._storage_slot, self._place(index), value)

    def __eq__(self, other):
        return equal_items(self, other)

    def __repr__(self):
        return "[" + ",".join(repr(item) for item in self) + "]"


class ArrayKind(ViewKind):
    """Items inline, one after the other."""

    __slots__ = ("item", "count")
    cls = Array

    def __init__(self, annotation, item, count):
        super().__init__(annotation, item.size * count)
        self.item = item
        self.count = count

    @property
    def plain(self):
        """Plain when its items are."""
        return self.item.plain

    def set(self, slot, offset, value):
        if isinstance(value, Array) and same_place(value, slot, offset):
            return
        assert len(value) == self.count, f"expected {self.count} items, got {len(value)}"
        write_items(self.item, slot, offset, detached(self.item, list(value), slot))

    def copy(self, source, source_offset, target, offset):
        copy_items(self.item, self.count, source, source_offset, target, offset)

    def __reduce__(self):
        return (ArrayKind, (self.annotation, self.item, self.count))


def one_argument(kind):
    """Makes kinds of a generic type with one argument."""

    def make(annotation, args):
        if len(args) != 1:
            raise wrong_arguments(annotation, f"has {len(args)}, not one")
        return kind(annotation, kind_of(args[0]))

    return make


def _array(annotation, args):
    if len(args) != 2:
        raise wrong_arguments(annotation, "needs its items' type and its length")
    count = args[1]
    if typing.get_origin(count) is typing.Literal:
        count = typing.get_args(count)[0]
    if not isinstance(count, int) or count <= 0:
        raise TypeError(f"the length of an Array is a positive number: `Array[T, Literal[n]]`, got {count!r}")
    return ArrayKind(annotation, kind_of(args[0]), count)


register_generic(DynArray, one_argument(DynArrayKind))
register_generic(Array, _array)
