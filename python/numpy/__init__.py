"""The part of numpy that contracts use, in plain Python: vectors, matrices, statistics.

# Invariants
- Results do not depend on the machine: no threads, no library of the host, no vector units.

# Not here
- Strings, objects, dates and complex numbers as elements; the list is the book's page on numpy.
"""

from math import e, inf, nan, pi
import builtins as _python

from . import _build, _dtypes, _methods, _reduce, _text, _ufuncs
from ._core import array, asarray, broadcast_shapes, broadcast_to, ndarray
from ._dtypes import bool_, dtype, float32, float64, floating, generic, int8, int16, int32, int64
from ._dtypes import integer, number, signedinteger, uint8, uint16, uint32, uint64, unsignedinteger

__version__ = "2.4.0"
newaxis, euler_gamma, bool = None, 0.5772156649015329, bool_
int_ = intp = int64
uint = uintp = uint64
double, single = float64, float32
asanyarray = ascontiguousarray = asarray


def missing(module, name):
    """The error for a name that this subset does not have."""
    if name.startswith("__"):
        return AttributeError(f"module '{module}' has no attribute '{name}'")
    return AttributeError(
        f"`{module}.{name}` is not part of numpy on this network; the page on numpy and Pillow in "
        "the book lists what is"
    )


def __getattr__(name):
    raise missing("numpy", name)


def promote_types(first, second):
    """The element type that can hold both."""
    return _dtypes.promote(dtype(first), dtype(second))


result_type = promote_types


def isscalar(value):
    """Whether it is a single number."""
    return isinstance(value, (_python.bool, int, float, generic))


def ndim(a):
    """Number of dimensions."""
    return asarray(a).ndim


def shape(a):
    """Length along each axis."""
    return asarray(a).shape


def size(a):
    """Number of elements."""
    return asarray(a).size


class finfo:
    """Limits of a float type."""

    def __init__(self, kind):
        single_one = dtype(kind) is float32.dtype
        self.dtype = dtype(kind)
        self.eps = self.dtype.type(2.0**-23 if single_one else 2.0**-52)
        self.max = self.dtype.type(3.4028234663852886e38 if single_one else 1.7976931348623157e308)
        self.min, self.tiny = -self.max, self.dtype.type(2.0**-126 if single_one else 2.0**-1022)


class iinfo:
    """Limits of an integer type."""

    def __init__(self, kind):
        self.dtype = dtype(kind)
        self.min, self.max, self.bits = self.dtype.low, self.dtype.high, 8 * self.dtype.itemsize


def _export(module, names=None):
    ufuncs = (_ufuncs.Binary, _ufuncs.Unary)
    for name, value in vars(module).items():
        ours = isinstance(value, ufuncs) or getattr(value, "__module__", "") == module.__name__
        if ours and name[0] != "_" and name[-1] != "_" and name not in ("Binary", "Unary"):
            globals()[name] = value


for _module in (_ufuncs, _reduce, _build):
    _export(_module)
abs, divmod, pow = _ufuncs.absolute, _ufuncs.divmod_, _ufuncs.power
acos, asin, atan, atan2 = _ufuncs.arccos, _ufuncs.arcsin, _ufuncs.arctan, _ufuncs.arctan2
concat, around, permute_dims = _build.concatenate, _build.round, _build.transpose

from . import dtypes, linalg, random, typing  # noqa: E402
