"""What contracts import.

`from genlayer import *` gives the names of the first two API generations; `import genlayer as gl`
gives the third one's modules.
"""

from . import gl
from .gl import Rollback, UserError
from .py.keccak import Keccak256
from .py.storage import Array, DynArray, TreeMap, allow_storage
from .py.types import *  # noqa: F403
from .py.types import INT_NAMES, Address, bigint

__all__ = [
    "gl",
    "Address",
    "allow_storage",
    "Array",
    "DynArray",
    "TreeMap",
    "Keccak256",
    "bigint",
    *INT_NAMES,
    "Rollback",
    "UserError",
]
