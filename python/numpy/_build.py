"""Functions that make arrays from nothing, and from other arrays: joined, cut, repeated, sorted.

# Not here
- Anything element-wise (`_ufuncs`) and anything that makes one number of many (`_reduce`).
"""

from array import array as _buffer
from bisect import bisect_left, bisect_right
from math import ceil as _ceil, prod

from . import _dtypes as dt
from . import _ufuncs as uf
from ._core import array, as_shape, asarray, axis_of, broadcast_shapes, broadcast_to, from_flat, make, ndarray
from ._core import nonzero as _nonzero

_PLAIN = (bool, int, float)


def full(shape, fill_value, dtype=None, order="C"):
    """An array of one value."""
    value = asarray(fill_value)
    one = value.dtype if dtype is None else dt.as_dtype(dtype)
    return broadcast_to(value.astype(one, copy=False), as_shape(shape)).copy()


def zeros(shape, dtype=float, order="C"):
    """An array of zeros."""
    return ndarray(shape, dtype)


empty = zeros


def ones(shape, dtype=float, order="C"):
    """An array of ones."""
    return full(shape, 1, dtype)


def zeros_like(a, dtype=None):
    """Zeros in the shape of another array."""
    a = asarray(a)
    return zeros(a.shape, a.dtype if dtype is None else dtype)


empty_like = zeros_like


def ones_like(a, dtype=None):
    """Ones in the shape of another array."""
    return full_like(a, 1, dtype)


def full_like(a, fill_value, dtype=None):
    """One value in the shape of another array."""
    a = asarray(a)
    return full(a.shape, fill_value, a.dtype if dtype is None else dtype)


def arange(start, stop=None, step=1, dtype=None):
    """Numbers from `start` up to, without, `stop`."""
    if stop is None:
        start, stop = 0, start
    start, stop, step = (one.item() if hasattr(one, "item") else one for one in (start, stop, step))
    found = dt.FLOAT64 if any(isinstance(one, float) for one in (start, stop, step)) else dt.INT64
    one = found if dtype is None else dt.as_dtype(dtype)
    if step == 0:
        raise ZeroDivisionError("division by zero")
    count = as_shape(max(0, _ceil((stop - start) / step)))[0]
    if found is dt.INT64:
        return array(range(start, start + count * step, step), one)
    gap = (start + step) - start
    return array([start + at * gap for at in range(count)], dt.FLOAT64).astype(one, copy=False)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None):
    """`num` numbers at equal distances."""
    start, stop = float(start), float(stop)
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else float("nan")
    values = [at * step + start for at in range(as_shape(num)[0])] if parts > 0 else [start] * num
    if endpoint and num > 1:
        values[-1] = stop
    made = array(values, dt.FLOAT64).astype(dt.FLOAT64 if dtype is None else dtype, copy=False)
    return (made, dt.float64(step)) if retstep else made


def eye(rows, columns=None, k=0, dtype=float):
    """Ones on a diagonal."""
    columns = rows if columns is None else columns
    made = zeros((rows, columns), dtype)
    for at in range(max(0, -k), min(rows, columns - k)):
        made[at, at + k] = 1
    return made


def identity(n, dtype=float):
    """The unit matrix."""
    return eye(n, dtype=dtype)


def diag(v):
    """The diagonal of a matrix, or the matrix with that diagonal."""
    v = asarray(v)
    if v.ndim == 2:
        return array([v[at, at] for at in range(min(v.shape))], v.dtype)
    made = zeros((v.size, v.size), v.dtype)
    for at, value in enumerate(v.elements()):
        made[at, at] = value
    return made


def frombuffer(buffer, dtype=float, count=-1, offset=0):
    """An array of little-endian bytes; a copy."""
    one = dt.as_dtype(dtype)
    data = bytes(buffer)[offset:]
    if count >= 0:
        data = data[: count * one.itemsize]
        if len(data) < count * one.itemsize:
            raise ValueError("buffer is smaller than requested size")
    if len(data) % one.itemsize:
        raise ValueError("buffer size must be a multiple of element size")
    return from_flat(data, one)


def fromiter(iterable, dtype, count=-1):
    """An array of the items of an iterable."""
    made = array(list(iterable), dtype)
    return made if count < 0 else made[:count]


def copy(a):
    """A copy."""
    return array(a)


# Joining and cutting


def concatenate(arrays, axis=0, dtype=None):
    """Arrays one after another along an axis."""
    arrays = [asarray(one) for one in arrays]
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    if axis is None:
        arrays, axis = [one.ravel() for one in arrays], 0
    first = arrays[0]
    if not first.shape:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    at = axis_of(axis, first.ndim)
    one = arrays[0].dtype
    for other in arrays[1:]:
        one = dt.promote(one, other.dtype)
        if other.ndim != first.ndim:
            raise ValueError("all the input array dimensions must match in number")
        if other.shape[:at] + other.shape[at + 1 :] != first.shape[:at] + first.shape[at + 1 :]:
            raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
    one = one if dtype is None else dt.as_dtype(dtype)
    parts = [(part.astype(one, copy=False).elements(), prod(part.shape[at:])) for part in arrays]
    buf = _buffer(one.code)
    for row in range(prod(first.shape[:at])):
        for values, width in parts:
            buf.extend(values[row * width : (row + 1) * width])
    length = sum(part.shape[at] for part in arrays)
    return make(buf, first.shape[:at] + (length,) + first.shape[at + 1 :], one)


def expand_dims(a, axis):
    """A view with a new axis of length 1."""
    a = asarray(a)
    at = axis_of(axis, a.ndim + 1)
    return a[(slice(None),) * at + (None,)]


def stack(arrays, axis=0):
    """Arrays of one shape along a new axis."""
    arrays = [asarray(one) for one in arrays]
    if len({one.shape for one in arrays}) > 1:
        raise ValueError("all input arrays must have the same shape")
    return concatenate([expand_dims(one, axis) for one in arrays], axis)


def atleast_1d(a):
    """At least one dimension."""
    return array(a, copy=False, ndmin=1)


def atleast_2d(a):
    """At least two dimensions."""
    return array(a, copy=False, ndmin=2)


def vstack(arrays):
    """Arrays below one another."""
    return concatenate([atleast_2d(one) for one in arrays])


def hstack(arrays):
    """Arrays beside one another."""
    arrays = [atleast_1d(one) for one in arrays]
    return concatenate(arrays, 0 if arrays and arrays[0].ndim == 1 else 1)


def column_stack(arrays):
    """Vectors as the columns of a matrix."""
    arrays = [asarray(one) for one in arrays]
    return concatenate([one[:, None] if one.ndim == 1 else one for one in arrays], 1)


def append(a, values, axis=None):
    """A copy with more elements at the end."""
    return concatenate((asarray(a).ravel(), asarray(values).ravel()) if axis is None else (a, values), axis or 0)


def delete(a, where, axis=None):
    """A copy without some elements."""
    a = asarray(a)
    a, at = (a.ravel(), 0) if axis is None else (a, axis_of(axis, a.ndim))
    size = a.shape[at]
    gone = range(size)[where] if isinstance(where, slice) else atleast_1d(where).elements()
    gone = {axis_of(one, size) for one in gone}
    return a[(slice(None),) * at + ([one for one in range(size) if one not in gone],)]


def array_split(a, parts, axis=0):
    """Views of nearly equal length."""
    a = asarray(a)
    at = axis_of(axis, a.ndim)
    size = a.shape[at]
    if hasattr(parts, "__index__"):
        edges = [0]
        for one in range(parts):
            edges.append(edges[-1] + size // parts + (one < size % parts))
    else:
        edges = [0, *(int(one) for one in parts), size]
    return [a[(slice(None),) * at + (slice(low, high),)] for low, high in zip(edges, edges[1:])]


def split(a, parts, axis=0):
    """Views of equal length."""
    a = asarray(a)
    if hasattr(parts, "__index__") and a.shape[axis_of(axis, a.ndim)] % parts:
        raise ValueError("array split does not result in an equal division")
    return array_split(a, parts, axis)


def repeat(a, repeats, axis=None):
    """Every element several times."""
    a = asarray(a)
    a, at = (a.ravel(), 0) if axis is None else (a, axis_of(axis, a.ndim))
    times = broadcast_to(repeats, (a.shape[at],)).elements()
    return a[(slice(None),) * at + ([one for one, count in enumerate(times) for _ in range(count)],)]


def tile(a, reps):
    """The whole array several times."""
    reps = (reps,) if hasattr(reps, "__index__") else tuple(reps)
    a = array(a, ndmin=len(reps))
    for axis, count in enumerate((1,) * (a.ndim - len(reps)) + reps):
        a = concatenate([a] * count, axis) if count else a[(slice(None),) * axis + (slice(0),)]
    return a


def flip(a, axis=None):
    """The order reversed."""
    a = asarray(a)
    axes = range(a.ndim) if axis is None else {axis_of(one, a.ndim) for one in ((axis,) if isinstance(axis, int) else axis)}
    return a[tuple(slice(None, None, -1) if at in axes else slice(None) for at in range(a.ndim))]


def roll(a, shift, axis=None):
    """Elements moved round."""
    a = asarray(a)
    if axis is None:
        return roll(a.ravel(), shift, 0).reshape(a.shape)
    at = axis_of(axis, a.ndim)
    size = a.shape[at]
    return a[(slice(None),) * at + ([(one - shift) % size for one in range(size)],)]


def reshape(a, shape, order="C"):
    """Another shape."""
    return asarray(a).reshape(shape)


def ravel(a):
    """One dimension."""
    return asarray(a).ravel()


def transpose(a, axes=None):
    """Axes in another order."""
    return asarray(a).transpose(*(() if axes is None else (axes,)))


def squeeze(a, axis=None):
    """Without axes of length 1."""
    return asarray(a).squeeze(axis)


def swapaxes(a, axis1, axis2):
    """Two axes exchanged."""
    return asarray(a).swapaxes(axis1, axis2)


# Choosing and ordering


def nonzero(a):
    """Positions of the elements that are not zero, one array per axis."""
    return _nonzero(asarray(a))


def flatnonzero(a):
    """Positions in the flattened array."""
    return nonzero(asarray(a).ravel())[0]


def argwhere(a):
    """Positions of the elements that are not zero, one row per element."""
    return stack(nonzero(a), 1)


def where(condition, x=None, y=None):
    """Elements of `x` where the condition holds, of `y` elsewhere."""
    if x is None and y is None:
        return nonzero(condition)
    if x is None or y is None:
        raise ValueError("either both or neither of x and y should be given")
    condition = asarray(condition)
    one = uf._common(uf._Operand(x), uf._Operand(y))
    x, y = asarray(x).astype(one, copy=False), asarray(y).astype(one, copy=False)
    shape = broadcast_shapes(condition.shape, x.shape, y.shape)
    columns = [broadcast_to(column, shape).elements() for column in (condition, x, y)]
    return from_flat([a if flag else b for flag, a, b in zip(*columns)], one, shape)


def take(a, indices, axis=None):
    """Elements at positions."""
    a = asarray(a)
    return a.ravel()[indices] if axis is None else a[(slice(None),) * axis_of(axis, a.ndim) + (indices,)]


def clip(a, a_min=None, a_max=None, *, min=None, max=None):
    """Elements pulled into a range."""
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    made = a if low is None else uf.maximum(a, low)
    return asarray(made) if high is None and low is None else made if high is None else uf.minimum(made, high)


def round(a, decimals=0):
    """Rounded to decimals, halves to even."""
    source = asarray(a)
    if source.dtype.kind != "f":
        if decimals >= 0:
            return a if isinstance(a, dt.generic) else source.copy()
        step = 10**-decimals
        return asarray(uf.multiply(uf.rint(uf.divide(source, step)), step)).astype(source.dtype)[()]
    if decimals == 0:
        return uf.rint(a)
    step = float(10 ** abs(decimals))
    if decimals > 0:
        return uf.divide(uf.rint(uf.multiply(a, step)), step)
    return uf.multiply(uf.rint(uf.divide(a, step)), step)


def _nan_last(value):
    return (value != value, value)


def _sorted_lines(a, axis, order):
    at = axis_of(axis, a.ndim)
    moved = a.swapaxes(at, -1)
    flat, width = moved.elements(), a.shape[at]
    lines = [order(flat[row * width : (row + 1) * width]) for row in range(prod(moved.shape[:-1]))]
    return [value for line in lines for value in line], moved.shape, at


def sort(a, axis=-1, kind=None, stable=None):
    """A sorted copy; NaN is last."""
    a = asarray(a)
    a, axis = (a.ravel(), 0) if axis is None else (a, axis)
    key = _nan_last if a.dtype.kind == "f" else None
    values, shape, at = _sorted_lines(a, axis, lambda line: sorted(line, key=key))
    return from_flat(values, a.dtype, shape).swapaxes(at, -1).plain()


def argsort(a, axis=-1, kind=None, stable=None):
    """Positions in sorted order; equal elements keep their order."""
    a = asarray(a)
    a, axis = (a.ravel(), 0) if axis is None else (a, axis)

    def order(line):
        key = (lambda at: _nan_last(line[at])) if a.dtype.kind == "f" else line.__getitem__
        return sorted(range(len(line)), key=key)

    values, shape, at = _sorted_lines(a, axis, order)
    return from_flat(values, dt.INT64, shape).swapaxes(at, -1).plain()


def partition(a, kth, axis=-1):
    """A copy in which the element `kth` is in its place: here, sorted."""
    return sort(a, axis)


def argpartition(a, kth, axis=-1):
    """Positions in which the one of `kth` is in its place: here, sorted."""
    return argsort(a, axis)


def unique(a, return_index=False, return_inverse=False, return_counts=False):
    """Sorted elements without repetition."""
    source = asarray(a)
    flat = source.elements()
    firsts, counts = {}, {}
    for at, value in enumerate(flat):
        firsts.setdefault(value, at)
        counts[value] = counts.get(value, 0) + 1
    ordered = sorted(firsts, key=_nan_last)
    made = [from_flat(ordered, source.dtype)]
    if return_index:
        made.append(from_flat([firsts[value] for value in ordered], dt.INT64))
    if return_inverse:
        place = {value: at for at, value in enumerate(ordered)}
        made.append(from_flat([place[value] for value in flat], dt.INT64, source.shape))
    if return_counts:
        made.append(from_flat([counts[value] for value in ordered], dt.INT64))
    return made[0] if len(made) == 1 else tuple(made)


def isin(element, test_elements, invert=False):
    """Whether each element is among others."""
    element = asarray(element)
    known = set(asarray(test_elements).elements())
    return from_flat([(value in known) != invert for value in element.elements()], dt.BOOL, element.shape)


def searchsorted(a, v, side="left"):
    """Where elements would be inserted in a sorted array."""
    find = bisect_left if side == "left" else bisect_right
    line, asked = asarray(a).elements(), asarray(v)
    made = from_flat([find(line, value) for value in asked.elements()], dt.INT64, asked.shape)
    return made if made.shape else made[()]


def bincount(x, weights=None, minlength=0):
    """How often each small number occurs."""
    x = asarray(x)
    counts = [0 if weights is None else 0.0] * max(minlength, max(x.elements(), default=-1) + 1)
    for value, weight in zip(x.elements(), [1] * x.size if weights is None else asarray(weights).elements()):
        counts[value] += weight
    return array(counts, dt.INT64 if weights is None else dt.FLOAT64)


def diff(a, n=1, axis=-1):
    """Differences of neighbours."""
    a = asarray(a)
    head = (slice(None),) * axis_of(axis, a.ndim)
    for _ in range(n):
        a = uf.subtract(a[head + (slice(1, None),)], a[head + (slice(None, -1),)])
    return a


def nan_to_num(a, nan=0.0, posinf=None, neginf=None):
    """NaN and infinities replaced."""
    a = asarray(a)
    top = 3.4028234663852886e38 if a.dtype is dt.FLOAT32 else 1.7976931348623157e308
    made = where(uf.isnan(a), nan, a)
    made = where(uf.equal(made, float("inf")), top if posinf is None else posinf, made)
    return where(uf.equal(made, float("-inf")), -top if neginf is None else neginf, made)


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether elements are equal within a tolerance."""
    a, b = asarray(a), asarray(b)
    near = uf.less_equal(uf.absolute(uf.subtract(a, b)), uf.add(atol, uf.multiply(rtol, uf.absolute(b))))
    made = uf.logical_or(uf.logical_and(near, uf.isfinite(b)), uf.equal(a, b))
    return uf.logical_or(made, uf.logical_and(uf.isnan(a), uf.isnan(b))) if equal_nan else made


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are equal within a tolerance."""
    return bool(asarray(isclose(a, b, rtol, atol, equal_nan)).all())


def array_equal(a, b, equal_nan=False):
    """Whether shapes and elements are equal."""
    a, b = asarray(a), asarray(b)
    if a.shape != b.shape:
        return False
    same = uf.equal(a, b)
    if equal_nan:
        same = uf.logical_or(same, uf.logical_and(uf.isnan(a), uf.isnan(b)))
    return bool(asarray(same).all())
