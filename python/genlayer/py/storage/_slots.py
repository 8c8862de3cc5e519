"""Slots: linear byte arrays in which storage types live, on chain or in memory.

# Invariants
- The child slot of byte `offset` is `sha3_256(slot id || u32_le(offset))`, in the chain; in
  memory it is a dictionary entry, which behaves the same and costs less.
- Writes go straight to the node: sub-calls and refusals see every byte at once. What was read is
  kept until the slot is written.
- A slot's `version` changes whenever its bytes may have changed.
"""

from abc import abstractmethod
import hashlib

from ... import _host

ROOT_SLOT_ID = bytes(32)

#: Longest piece of a slot that is kept, and how many.
_SHORT = 32
_KEPT = 512


class Slot:
    """A byte array of 2**32 zero-initialised bytes."""

    __slots__ = ()

    #: Whether the node itself can walk maps in it.
    on_chain = False

    def as_int(self):
        """The id as a little-endian number."""
        return int.from_bytes(self.id, "little")

    def read_blob(self, offset):
        """Bytes of which the length is at `offset`, and they in the child slot."""
        size = int.from_bytes(self.read(offset, 4), "little")
        return self.indirect(offset).read(0, size) if size else b""

    def write_blob(self, offset, data):
        """Puts bytes into the child slot of `offset`, and their length at `offset`."""
        self.write(offset, len(data).to_bytes(4, "little"))
        if data:
            self.indirect(offset).write(0, data)

    def cast(self, typ, offset=0):
        """The value or view of a type at `offset`."""
        from ._kinds import kind_of

        return kind_of(typ).get(self, offset)

    def __eq__(self, other):
        return isinstance(other, Slot) and self.id == other.id

    def __hash__(self):
        return hash(self.id)


#: One object for each slot, so that what is remembered about a slot is in one place.
_HOST_SLOTS = {}


def forget():
    """Drops what is remembered about slots: something else may have written them."""
    for slot in _HOST_SLOTS.values():
        slot.changed()


def written(slot_id):
    """Drops what is remembered about one slot: it was written below this layer."""
    slot = _HOST_SLOTS.get(slot_id)
    if slot is not None:
        slot.changed()


class HostSlot(Slot):
    """A slot of the running contract. `memo` belongs to the container that lives in it."""

    __slots__ = ("id", "memo", "version", "_children", "_kept")

    def __new__(cls, slot_id):
        slot_id = bytes(slot_id)
        slot = _HOST_SLOTS.get(slot_id)
        if slot is None:
            slot = _HOST_SLOTS[slot_id] = object.__new__(cls)
            slot.id = slot_id
            slot.memo = {}
            slot.version = 0
            slot._children = {}
            slot._kept = {}
        return slot

    @property
    def manager(self):
        """The manager this slot belongs to."""
        return HOST_MANAGER

    @property
    def on_chain(self):
        """Whether the node itself can walk maps in it."""
        return _host.walks

    def changed(self):
        """Forgets its bytes: something else wrote them."""
        self.version += 1
        self._kept.clear()
        self.memo.clear()

    def child_changed(self, offset):
        """Forgets the bytes of the child slot of `offset`, if anything is known of it."""
        child = self._children.get(offset)
        if child is not None:
            child.changed()

    def read(self, offset, length):
        """Bytes from `offset`."""
        if length > _SHORT:
            if length >> 32:
                raise SystemError("1: overflow")
            return _host.storage_read(self.id, offset, length)
        if length == 0:
            return b""
        place = offset << 6 | length
        data = self._kept.get(place)
        if data is None:
            data = _host.storage_read(self.id, offset, length)
            if _host.private:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[place] = data
        return data

    def write(self, offset, data):
        """Puts bytes at `offset`."""
        data = data if type(data) is bytes else bytes(data)
        self.version += 1
        self._kept.clear()
        _host.storage_write(self.id, offset, data)
        if 0 < len(data) <= _SHORT and _host.private:
            self._kept[offset << 6 | len(data)] = data

    def read_blob(self, offset):
        """Bytes of which the length is at `offset`, and they in the child slot."""
        if not _host.walks:
            return Slot.read_blob(self, offset)
        return _host.storage_call("blob_read", self.id, offset)

    def write_blob(self, offset, data):
        """Puts bytes into the child slot of `offset`, and their length at `offset`."""
        if not _host.walks:
            Slot.write_blob(self, offset, data)
            return
        self.version += 1
        self._kept.clear()
        self.child_changed(offset)
        _host.storage_call("blob_write", self.id, offset, data)

    def indirect(self, offset):
        """The slot that belongs to the value at `offset`."""
        child = self._children.get(offset)
        if child is None:
            digest = hashlib.sha3_256(self.id + offset.to_bytes(4, "little")).digest()
            child = self._children[offset] = HostSlot(digest)
        return child

    def __reduce__(self):
        return (HostSlot, (self.id,))

    def __repr__(self):
        return f"Slot({self.id.hex()})"


class MemSlot(Slot):
    """A slot of an object that is not in storage (yet)."""

    __slots__ = ("memo", "version", "_data", "_children")

    def __init__(self, data=b"", children=None):
        self.memo = {}
        self.version = 0
        self._data = bytearray(data)
        self._children = {} if children is None else children

    @property
    def id(self):
        """An id that is unique while the object lives."""
        return id(self).to_bytes(32, "little")

    @property
    def manager(self):
        """The manager this slot belongs to."""
        return InmemManager()

    def read(self, offset, length):
        """Bytes from `offset`; zeros where nothing was written."""
        part = bytes(self._data[offset : offset + length])
        if len(part) < length:
            part += bytes(length - len(part))
        return part

    def write(self, offset, data):
        """Puts bytes at `offset`."""
        self.version += 1
        missing = offset - len(self._data)
        if missing > 0:
            self._data += bytes(missing)
        self._data[offset : offset + len(data)] = data

    def indirect(self, offset):
        """The slot that belongs to the value at `offset`."""
        child = self._children.get(offset)
        if child is None:
            child = self._children[offset] = MemSlot()
        return child

    def __reduce__(self):
        return (MemSlot, (bytes(self._data), self._children))


class Manager:
    """Gives slots by id."""

    @abstractmethod
    def get_store_slot(self, slot_id):
        """The slot with this id."""


class HostManager(Manager):
    """Slots of the running contract."""

    def get_store_slot(self, slot_id):
        """The slot with this id."""
        return HostSlot(slot_id)

    def __reduce__(self):
        return "HOST_MANAGER"


class InmemManager(Manager):
    """Slots of one private memory."""

    def __init__(self):
        self._slots = {}

    def get_store_slot(self, slot_id):
        """The slot with this id."""
        slot = self._slots.get(bytes(slot_id))
        if slot is None:
            slot = self._slots[bytes(slot_id)] = MemSlot()
        return slot


HOST_MANAGER = HostManager()
