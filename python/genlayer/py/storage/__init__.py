"""Types that live in a contract's storage."""

from ._containers import Array, DynArray
from ._indirect import VLA, Indirection
from ._records import allow_storage, copy_to_memory, inmem_allocate
from ._slots import ROOT_SLOT_ID, InmemManager, Manager, Slot
from ._treemap import TreeMap
from .root import Root

__all__ = [
    "Array",
    "DynArray",
    "Indirection",
    "InmemManager",
    "Manager",
    "ROOT_SLOT_ID",
    "Root",
    "Slot",
    "TreeMap",
    "VLA",
    "allow_storage",
    "copy_to_memory",
    "inmem_allocate",
]
