"""What contracts import.

`from genlayer import *` gives the names of the first two API generations; `import genlayer as gl`
gives the third one's modules, and everything of `genlayer.gl` that they do not name.

# Invariants
- Contracts of the third generation do both, in this order: for them the star brings the modules,
  too, and `gl` stays this package.
"""

import sys as _sys

from . import _generation, gl
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


# Old headers with new names: the star makes `gl` the old module, and `gl.contract` a decorator.
for _name in contract.__all__:
    setattr(gl.contract, _name, getattr(contract, _name))
gl.chain = chain
del _name

_OLD_GL, _OLD_NAMES = gl, __all__
# Not `types`: that would hide the module of this name of those who imported it before.
_NEW_NAMES = [
    *_OLD_NAMES,
    *("calldata", "chain", "contract", "eq_principle", "evm", "message", "nondet", "private", "public"),
    *("storage", "vm"),
]


def _speak(generation):
    """Makes `gl` and the star what a generation expects."""
    global __all__, gl
    new = generation >= 3
    __all__ = _NEW_NAMES if new else _OLD_NAMES
    gl = _sys.modules[__name__] if new else _OLD_GL


_speak(_generation.number)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_OLD_GL, name)
