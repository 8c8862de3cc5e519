"""What contracts import.

`from genlayer import *` gives the names of the first two API generations; `import genlayer as gl`
gives the third one's modules, and everything of `genlayer.gl` that they do not name.
"""

from . import _host, gl
from . import calldata, chain, contract, eq_principle, evm, message, nondet, storage, types, vm, wasi
from .gl import Rollback, UserError, private, public
from .py.keccak import Keccak256
from .py.storage import Array, DynArray, TreeMap, allow_storage
from .py.types import *  # noqa: F403
from .py.types import INT_NAMES, Address, Lazy, SizedArray, bigint

#: Whether a node runs this code; under a test tool that only stands in for one it is False.
IS_IN_VM = not getattr(gl.wasi, "FAKE_VM", False) is True

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


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(gl, name)
