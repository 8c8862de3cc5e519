"""Slots: linear byte arrays in which storage types live, on chain or in memory.

# Invariants
- The child slot of byte `offset` is `sha3_256(slot id || u32_le(offset))`, in the chain; in
  memory it is a dictionary entry, which behaves the same and costs less.
- Writes go straight to the node: sub-calls and refusals see every byte at once.
"""

from abc import abstractmethod
import hashlib

from ... import _host

ROOT_SLOT_ID = bytes(32)


class Slot:
    """A byte array of 2**32 zero-initialised bytes."""

    __slots__ = ()

    def as_int(self):
        """The id as a little-endian number."""
        return int.from_bytes(self.id, "little")

    def __eq__(self, other):
        return isinstance(other, Slot) and self.id == other.id

    def __hash__(self):
        return hash(self.id)


#: One object for each slot, so that what is remembered about a slot is in one place.
_HOST_SLOTS = {}


def forget():
    """Drops what is remembered about slots: something else may have written them."""
    for slot in _HOST_SLOTS.values():
        slot.memo.clear()


class HostSlot(Slot):
    """A slot of the running contract. `memo` belongs to the container that lives in it."""

    __slots__ = ("id", "memo", "_children")

    def __new__(cls, slot_id):
        slot_id = bytes(slot_id)
        slot = _HOST_SLOTS.get(slot_id)
        if slot is None:
            slot = _HOST_SLOTS[slot_id] = object.__new__(cls)
            slot.id = slot_id
            slot.memo = {}
            slot._children = {}
        return slot

    @property
    def manager(self):
        """The manager this slot belongs to."""
        return HOST_MANAGER

    def read(self, offset, length):
        """Bytes from `offset`."""
        if length == 0:
            return b""
        return _host.storage_read(self.id, offset, length)

    def write(self, offset, data):
        """Puts bytes at `offset`."""
        _host.storage_write(self.id, offset, data if type(data) is bytes else bytes(data))

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

    __slots__ = ("memo", "_data", "_children")

    def __init__(self, data=b"", children=None):
        self.memo = {}
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
