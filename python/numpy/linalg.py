"""Linear algebra: norms only."""

from math import inf

from . import _reduce, _ufuncs as uf
from ._core import asarray, axis_of

LinAlgError = type("LinAlgError", (ValueError,), {"__doc__": "A matrix has not the needed property."})


def norm(x, ord=None, axis=None, keepdims=False):
    """Length of vectors: `ord` None, 1, 2, any number or infinity; of a matrix: None or "fro"."""
    x = asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(float)
    if axis is None and (ord in (None, "fro") or x.ndim == 1 and ord == 2):
        flat = x.ravel()
        made = uf.sqrt(_reduce.inner(flat, flat))
        return made.reshape((1,) * x.ndim) if keepdims else made
    if axis is None and x.ndim != 1 or isinstance(axis, tuple):
        raise ValueError("numpy here computes norms of vectors and the Frobenius norm of a matrix")
    axis = axis_of(0 if axis is None else axis, x.ndim)
    if ord in (None, 2):
        moved = x.swapaxes(axis, -1)
        made = uf.sqrt(_reduce.squares(moved))[..., None].swapaxes(axis, -1)
        return made if keepdims else made.squeeze(axis)[()]
    size = uf.absolute(x)
    if ord == inf:
        return _reduce.max(size, axis, keepdims=keepdims)
    if ord == -inf:
        return _reduce.min(size, axis, keepdims=keepdims)
    if ord == 0:
        return _reduce.sum(uf.not_equal(x, 0).astype(x.dtype), axis, keepdims=keepdims)
    if ord == 1:
        return _reduce.sum(size, axis, keepdims=keepdims)
    return uf.power(_reduce.sum(uf.power(size, ord), axis, keepdims=keepdims), 1.0 / ord)


def __getattr__(name):
    from . import missing

    raise missing("numpy.linalg", name)
