"""Types that live in a contract's storage."""

from ._containers import Array, DynArray
from ._indirect import VLA, Indirection
from ._pickled import Pickled
from ._records import Comparable, allow_storage, cast_slot, copy_to_memory, inmem_allocate
from ._slots import ROOT_SLOT_ID, InmemManager, Manager, Slot
from ._treemap import TreeMap
from ..public_abi import Permissions as Permission
from .root import Root

__all__ = [
    "Array",
    "Comparable",
    "DynArray",
    "Indirection",
    "InmemManager",
    "Manager",
    "Permission",
    "Pickled",
    "ROOT_SLOT_ID",
    "Root",
    "Slot",
    "TreeMap",
    "VLA",
    "allow_storage",
    "cast_slot",
    "copy_to_memory",
    "inmem_allocate",
]
