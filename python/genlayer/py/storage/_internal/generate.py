"""How a test tool makes a contract object without running a call.

# Invariants
- The fields are where a call finds them, whatever slot the tool names: the root slot's own bytes
  belong to code, locks and upgraders.
"""

from .._kinds import kind_of
from .._slots import ROOT_SLOT_ID, HostSlot
from ..root import Root

ORIGINAL_INIT_ATTR = "__gl_original_init__"


class Lit:
    """A literal argument of a storage type; never what a class is described by."""


class _Description:
    """A storage type."""

    __slots__ = ("_kind", "cls", "size")

    def __init__(self, kind, cls):
        self._kind = kind
        self.cls = cls
        self.size = kind.size

    def get(self, slot, offset):
        """The object whose bytes start at `offset` of the tool's slot."""
        if slot.id == ROOT_SLOT_ID and getattr(self.cls, "__gl_contract__", False):
            return self._kind.get(Root.get().slot().indirect(Root.BASE), 0)
        return self._kind.get(HostSlot(slot.id), offset)


def _storage_build(cls, _variables, /):
    """The description of a storage type."""
    return _Description(kind_of(cls), cls)
