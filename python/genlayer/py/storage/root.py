"""The root slot: where a contract's instance, code, locks and upgraders are.

# Invariants
- Offsets depend on the API generation: from the third on, byte 0 holds its number.
"""

from ..types import Address, u8, u256
from ._indirect import VLA, Indirection
from ._kinds import kind_of
from ._slots import HOST_MANAGER, ROOT_SLOT_ID, HostSlot

_CODE = kind_of(Indirection[VLA[u8]])
_LOCKED = kind_of(Indirection[VLA[u256]])
_UPGRADERS = kind_of(Indirection[VLA[Address]])


class _Instance:
    """Place of the contract's fields."""

    __slots__ = ("_slot", "_offset")

    def __init__(self, slot, offset):
        self._slot = slot
        self._offset = offset

    def slot(self):
        """The slot of the fields."""
        return self._slot.indirect(self._offset)


class Root:
    """The root of the running contract's storage."""

    MANAGER = HOST_MANAGER
    #: Bytes before the first field of the root slot: 0, or 1 from the third generation on.
    BASE = 0

    __slots__ = ("_slot",)

    def __init__(self, slot):
        self._slot = slot

    @staticmethod
    def get():
        """The root."""
        return Root(_ROOT_SLOT)

    def slot(self):
        """The root slot."""
        return self._slot

    @property
    def contract_instance(self):
        """Where the contract's fields are."""
        return _Instance(self._slot, Root.BASE)

    @property
    def code(self):
        """The contract's code."""
        return _CODE.get(self._slot, Root.BASE + 1)

    @property
    def locked_slots(self):
        """Slots that only upgraders may write."""
        return _LOCKED.get(self._slot, Root.BASE + 2)

    @property
    def upgraders(self):
        """Who may write locked slots."""
        return _UPGRADERS.get(self._slot, Root.BASE + 3)

    def get_contract_instance(self, cls):
        """The contract's view object."""
        return cls.__gl_record__.get(self._slot.indirect(Root.BASE), 0)

    def lock_default(self):
        """Locks the root, the code and the locks themselves."""
        slot = self._slot
        locked = slot.indirect(Root.BASE + 2)
        count = int.from_bytes(locked.read(0, 4), "little")
        ids = [slot.id] + [slot.indirect(Root.BASE + at).id for at in (1, 2, 3)]
        locked.write(4 + 32 * count, b"".join(ids))
        locked.write(0, (count + len(ids)).to_bytes(4, "little"))


_ROOT_SLOT = HostSlot(ROOT_SLOT_ID)
for _offset in range(5):
    _ROOT_SLOT.indirect(_offset)
