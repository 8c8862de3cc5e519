"""Types of the root slot: `Indirection`, a value in a slot of its own, and `VLA`, a list in one slot."""

import struct

from ... import _generation
from ._containers import View, ViewKind, copy_items, one_argument, read_items, write_items
from ._kinds import register_generic

_U32 = struct.Struct("<I")
#: From this generation on `VLA.extend` adds.
_APPENDS = 3


class VLA(View):
    """Length and items in one slot, used under an `Indirection`."""

    __slots__ = ()

    def slot(self):
        """The slot it lies in."""
        return self._storage_slot

    def data_offset(self):
        """Where its items begin."""
        return self._off + 4

    def __len__(self):
        return _U32.unpack(self._storage_slot.read(self._off, 4))[0]

    def set_length(self, length):
        """Sets the number of items; new ones are as their bytes lie."""
        self._storage_slot.write(self._off, _U32.pack(length))

    def _place(self, index):
        length = len(self)
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError(f"index out of range: {index} of {length}")
        return self._off + 4 + index * self._kind.item.size

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._kind.item.get(self._storage_slot, self._place(index))

    def __setitem__(self, index, value):
        self._kind.item.set(self._storage_slot, self._place(index), value)

    def __bytes__(self):
        """The bytes of an array of bytes."""
        if self._kind.item.size != 1:
            raise TypeError(f"`bytes()` needs an array of `u8`, not `{self._kind}`")
        return self._storage_slot.read(self._off + 4, len(self))

    def __iter__(self):
        item, index, length = self._kind.item, 0, len(self)
        while index < length:
            at = self._off + 4 + index * item.size
            for value in read_items(item, self._storage_slot, at, length - index):
                index += 1
                yield value

    def append(self, value):
        """Adds one item."""
        item, length = self._kind.item, len(self)
        item.set(self._storage_slot, self._off + 4 + length * item.size, value)
        self.set_length(length + 1)

    def assign(self, values):
        """Replaces all items; bytes are taken as they are for an array of bytes."""
        item = self._kind.item
        if item.size == 1 and isinstance(values, (bytes, bytearray, memoryview)):
            data = bytes(values)
            self._storage_slot.write(self._off, _U32.pack(len(data)) + data)
            return self
        values = list(values)
        write_items(item, self._storage_slot, self._off + 4, values)
        self.set_length(len(values))
        return self

    def extend(self, values):
        """Adds items at the end; before the third generation it replaces all of them."""
        if _generation.number < _APPENDS:
            self.assign(values)
            return
        item, length = self._kind.item, len(self)
        if item.size == 1 and isinstance(values, (bytes, bytearray, memoryview)):
            count, at = len(values), self._off + 4 + length
            self._storage_slot.write(at, bytes(values))
        else:
            values = list(values)
            count = len(values)
            write_items(item, self._storage_slot, self._off + 4 + length * item.size, values)
        self.set_length(length + count)

    def truncate(self, to=0):
        """Cuts the length."""
        length = len(self)
        if not 0 <= to <= length:
            raise IndexError(f"index out of range: {to} of {length}")
        self.set_length(to)

    def __repr__(self):
        return "[" + ",".join(repr(item) for item in self) + "]"


class VLAKind(ViewKind):
    """Takes the rest of its slot."""

    __slots__ = ("item",)
    cls = VLA

    def __init__(self, annotation, item):
        super().__init__(annotation, 2**32 - 1)
        self.item = item

    def set(self, slot, offset, value):
        self.get(slot, offset).assign(value)

    def copy(self, source, source_offset, target, offset):
        head = source.read(source_offset, 4)
        count = _U32.unpack(head)[0]
        copy_items(self.item, count, source, source_offset + 4, target, offset + 4)
        target.write(offset, head)


class Indirection(View):
    """A value in a slot of its own."""

    __slots__ = ()

    def __init__(self, *_args):
        raise TypeError("`Indirection` can not be made with a constructor")

    def slot(self):
        """The slot of the value."""
        return self._storage_slot.indirect(self._off)

    def get(self):
        """The value or view."""
        return self._kind.item.get(self.slot(), 0)

    def set(self, value):
        """Writes the value."""
        self._kind.item.set(self.slot(), 0, value)


class IndirectionKind(ViewKind):
    """One inline byte; the value in the child slot."""

    __slots__ = ("item",)
    cls = Indirection

    def __init__(self, annotation, item):
        super().__init__(annotation, 1)
        self.item = item

    def set(self, slot, offset, value):
        if isinstance(value, Indirection):
            value = value.get()
        self.item.set(slot.indirect(offset), 0, value)

    def copy(self, source, source_offset, target, offset):
        self.item.copy(source.indirect(source_offset), 0, target.indirect(offset), 0)


register_generic(VLA, one_argument(VLAKind))
register_generic(Indirection, one_argument(IndirectionKind))
