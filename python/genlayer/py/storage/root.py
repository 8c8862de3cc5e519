"""The root slot: where a contract's instance, code, locks and upgraders are.

# Invariants
- Offsets depend on the API generation: from the third on, byte 0 holds its number, and behind the
  upgraders lie the slot of code kept elsewhere and a bit field of permissions.
- Everything else of the root slot stays zero.
"""

from ..public_abi import Permissions
from ..types import Address, u8, u256
from ._indirect import VLA, Indirection
from ._kinds import kind_of
from ._slots import HOST_MANAGER, ROOT_SLOT_ID, HostSlot

_CODE_VIEW = kind_of(VLA[u8])
_CODE = kind_of(Indirection[VLA[u8]])
_LOCKED = kind_of(Indirection[VLA[u256]])
_UPGRADERS = kind_of(Indirection[VLA[Address]])
_BYTE = kind_of(u8)
_WORD = kind_of(u256)
#: Fields that only the third generation's root has.
_CODE_SLOT_AT = 5
_PERMISSIONS_AT = 37
_VACANT_AT = 5


class _Instance:
    """Place of the contract's fields."""

    __slots__ = ("_slot", "_offset")

    def __init__(self, slot, offset):
        self._slot = slot
        self._offset = offset

    def slot(self):
        """The slot of the fields."""
        return self._slot.indirect(self._offset)

    def get(self):
        """Nothing: the fields are read through the contract's class."""


def _third(name, kind, offset):
    """A field of the third generation's root."""

    def read(self):
        self._need_third(name)
        return kind.get(self._slot, offset)

    def write(self, value):
        self._need_third(name)
        kind.set(self._slot, offset, value)

    return property(read, write)


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

    @staticmethod
    def _need_third(name):
        if not Root.BASE:
            raise AttributeError(
                f"`Root.{name}` exists from the third generation on: put `# v0.3.0` above the "
                "contract's first line"
            )

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

    #: Generation of the contract, written by the node.
    major = _third("major", _BYTE, 0)
    #: Id of a slot that holds the code instead, as a little-endian number; zero for none.
    code_slot = _third("code_slot", _WORD, _CODE_SLOT_AT)
    #: Bits of `Permissions`.
    permissions = _third("permissions", _WORD, _PERMISSIONS_AT)

    def get_resolved_code(self):
        """The code that runs: that of `code_slot` if it is set."""
        other = self.code_slot if Root.BASE else 0
        if not other:
            return self.code.get()
        return _CODE_VIEW.get(HostSlot(other.to_bytes(32, "little")), 0)

    def get_vacant_slot(self):
        """A slot that nothing else uses."""
        return self._slot.indirect(_VACANT_AT)

    def get_permission(self, permission):
        """Whether something is allowed."""
        return bool(self.permissions >> _bit(permission) & 1)

    def set_permission(self, permission, allowed):
        """Allows something, or not."""
        mask = 1 << _bit(permission)
        self.permissions = self.permissions | mask if allowed else self.permissions & ~mask

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


def _bit(permission):
    """Number of a permission's bit, by the permission, its name or the number."""
    if isinstance(permission, str):
        permission = Permissions[permission.upper()]
    if not 0 <= permission < 256:
        raise ValueError(f"there is no permission {permission}")
    return permission


_ROOT_SLOT = HostSlot(ROOT_SLOT_ID)
for _offset in range(6):
    _ROOT_SLOT.indirect(_offset)
