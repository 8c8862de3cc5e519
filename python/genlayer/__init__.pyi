"""What contracts import."""

from typing import Final

from . import calldata as calldata
from . import chain as chain
from . import contract as contract
from . import eq_principle as eq_principle
from . import evm as evm
from . import gl as gl
from . import message as message
from . import nondet as nondet
from . import storage as storage
from . import types as types
from . import vm as vm
from . import wasi as wasi
from .gl import Rollback as Rollback
from .gl import UserError as UserError
from .gl import private as private
from .gl import public as public
from .py.keccak import Keccak256 as Keccak256
from .py.storage import Array as Array
from .py.storage import DynArray as DynArray
from .py.storage import TreeMap as TreeMap
from .py.storage import allow_storage as allow_storage
from .py.types import *

IS_IN_VM: Final[bool]

__all__ = [
    "gl",
    "Address",
    "allow_storage",
    "Array",
    "DynArray",
    "TreeMap",
    "Keccak256",
    "bigint",
    "u8",
    "u16",
    "u24",
    "u32",
    "u40",
    "u48",
    "u56",
    "u64",
    "u72",
    "u80",
    "u88",
    "u96",
    "u104",
    "u112",
    "u120",
    "u128",
    "u136",
    "u144",
    "u152",
    "u160",
    "u168",
    "u176",
    "u184",
    "u192",
    "u200",
    "u208",
    "u216",
    "u224",
    "u232",
    "u240",
    "u248",
    "u256",
    "i8",
    "i16",
    "i24",
    "i32",
    "i40",
    "i48",
    "i56",
    "i64",
    "i72",
    "i80",
    "i88",
    "i96",
    "i104",
    "i112",
    "i120",
    "i128",
    "i136",
    "i144",
    "i152",
    "i160",
    "i168",
    "i176",
    "i184",
    "i192",
    "i200",
    "i208",
    "i216",
    "i224",
    "i232",
    "i240",
    "i248",
    "i256",
    "Rollback",
    "UserError",
]
