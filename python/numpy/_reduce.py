"""Functions that make fewer numbers out of many: sums, extremes, averages, products of matrices.

# Invariants
- Sums add in numpy's own order (pairwise along the last axis), each step rounded to the element
  type, so that they give numpy's bits.
- Products of vectors are computed exactly and rounded once: there numpy's last bit depends on the
  library it was built with, ours on nothing.
"""

from array import array as _buffer
from itertools import accumulate
import math
from math import prod as _prod, sumprod
import operator

from . import _dtypes as dt
from . import _ufuncs as uf
from ._core import array, asarray, axis_of, broadcast_shapes, broadcast_to, from_flat, make, ndarray

_BLOCK = 128
# The names that functions of this module take over.
any_, max_, min_, sum_ = any, max, min, sum


def _pairwise(values, code):
    """numpy's order of summation: eight running sums in blocks, then by halves."""
    count = len(values)
    if count < 8:
        total = 0.0
        for value in values:
            total += value
            if code == "f":
                total = dt.single(total)
        return total
    if count <= _BLOCK:
        running = values[:8]
        whole = count - count % 8
        for at in range(8, whole, 8):
            running = _buffer(code, map(operator.add, running, values[at : at + 8]))
        while len(running) > 1:
            running = _buffer(code, map(operator.add, running[::2], running[1::2]))
        total = running[0]
        for value in values[whole:]:
            total += value
            if code == "f":
                total = dt.single(total)
        return total
    half = count // 2
    half -= half % 8
    total = _pairwise(values[:half], code) + _pairwise(values[half:], code)
    return dt.single(total) if code == "f" else total


def _in_order(values, code):
    total = 0.0
    for value in values:
        total = dt.single(total + value) if code == "f" else total + value
    return total


def _lines(source, axis):
    """The array as rows along `axis`; shape of the rest; whether it was the last axis."""
    if axis is None:
        return [source.elements()], (), True
    axes = axis if isinstance(axis, tuple) else (axis,)
    axes = [axis_of(one, source.ndim) for one in axes]
    if len(set(axes)) != len(axes):
        raise ValueError("duplicate value in 'axis'")
    rest = [one for one in range(source.ndim) if one not in axes]
    last = axes == [source.ndim - 1]
    flat = source.transpose(rest + axes).elements() if source.ndim > 1 else source.elements()
    shape = tuple(source.shape[one] for one in rest)
    length = _prod(source.shape[one] for one in axes)
    return [flat[at * length : (at + 1) * length] for at in range(_prod(shape))], shape, last


def _kept(shape, axis, source):
    axes = range(source.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = {axis_of(one, source.ndim) for one in axes}
    return tuple(1 if at in axes else size for at, size in enumerate(source.shape))


def _result(values, one, shape, keepdims, axis, source):
    if keepdims:
        return from_flat(values, one, _kept(shape, axis, source))
    return from_flat(values, one, shape) if shape else one.box(_buffer(one.code, values)[0])


def _summed_type(source, dtype):
    if dtype is not None:
        return dt.as_dtype(dtype)
    return {"b": dt.INT64, "i": dt.INT64, "u": dt.UINT64}.get(source.dtype.kind, source.dtype)


def _totals(lines, last, one):
    if one.kind != "f":
        return [one.wrap(sum_(line)) for line in lines]
    add = _pairwise if last else _in_order
    return [add(line, one.code) for line in lines]


def sum(a, axis=None, dtype=None, out=None, keepdims=False, initial=0):
    """Sum of all elements, or along an axis."""
    source = asarray(a)
    one = _summed_type(source, dtype)
    if one is not source.dtype and one.kind == "f":
        source = source.astype(one)
    lines, shape, last = _lines(source, axis)
    made = _result(_totals(lines, last, one), one, shape, keepdims, axis, source)
    return made if initial == 0 else made + initial


def prod(a, axis=None, dtype=None, out=None, keepdims=False):
    """Product of all elements, or along an axis."""
    source = asarray(a)
    one = _summed_type(source, dtype)
    lines, shape, _ = _lines(source, axis)
    if one is dt.FLOAT32:
        values = [_last(accumulate(line, _single_product), 1.0) for line in lines]
    else:
        values = [_prod(line) if one.kind == "f" else one.wrap(_prod(line)) for line in lines]
    return _result(values, one, shape, keepdims, axis, source)


def _single_product(x, y):
    return dt.single(x * y)


def _single_sum(x, y):
    return dt.single(x + y)


def _last(values, default):
    for default in values:
        pass
    return default


def _float_source(a, dtype):
    source = asarray(a)
    one = dt.as_dtype(dtype) if dtype is not None else source.dtype if source.dtype.kind == "f" else dt.FLOAT64
    return source.astype(one, copy=False), one


def mean(a, axis=None, dtype=None, out=None, keepdims=False):
    """Arithmetic mean."""
    source, one = _float_source(a, dtype)
    lines, shape, last = _lines(source, axis)
    totals = _totals(lines, last, one)
    values = [uf._divide(total, float(len(line))) for total, line in zip(totals, lines)]
    return _result(values, one, shape, keepdims, axis, source)


def average(a, axis=None, weights=None):
    """Weighted mean."""
    if weights is None:
        return mean(a, axis)
    a, weights = asarray(a), asarray(weights)
    if weights.ndim == 1 and a.ndim > 1 and axis is not None:
        at = axis_of(axis, a.ndim)
        weights = weights.reshape((1,) * at + (-1,) + (1,) * (a.ndim - at - 1))
    weighted = a * weights
    return sum(weighted, axis) / sum(broadcast_to(weights, weighted.shape), axis)


def var(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, correction=None):
    """Variance; `ddof` is taken from the number of elements."""
    source, one = _float_source(a, dtype)
    lines, shape, last = _lines(source, axis)
    ddof = ddof if correction is None else correction
    add = _pairwise if last else _in_order
    values = []
    for line in lines:
        middle = _buffer(one.code, (uf._divide(add(line, one.code), float(len(line))),))[0]
        moved = _buffer(one.code, [value - middle for value in line])
        squares = _buffer(one.code, map(operator.mul, moved, moved))
        values.append(uf._divide(add(squares, one.code), float(max_(len(line) - ddof, 0))))
    return _result(values, one, shape, keepdims, axis, source)


def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, correction=None):
    """Standard deviation."""
    return uf.sqrt(var(a, axis, dtype, out, ddof, keepdims, correction))


def _nan_of(line):
    for value in line:
        if value != value:
            return True
    return False


def _extreme(name, pick):
    def reduce(a, axis=None, out=None, keepdims=False):
        source = asarray(a)
        lines, shape, _ = _lines(source, axis)
        if any_(not line for line in lines):
            raise ValueError(f"zero-size array to reduction operation {name}imum which has no identity")
        check = source.dtype.kind == "f"
        values = [math.nan if check and _nan_of(line) else pick(line) for line in lines]
        return _result(values, source.dtype, shape, keepdims, axis, source)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = f"The {name}imum; NaN if there is one."
    return reduce


max = amax = _extreme("max", max_)
min = amin = _extreme("min", min_)


def ptp(a, axis=None):
    """Largest less smallest."""
    return max(a, axis) - min(a, axis)


def _place(name, pick):
    def reduce(a, axis=None, out=None, keepdims=False):
        source = asarray(a)
        lines, shape, _ = _lines(source, axis)
        if any_(not line for line in lines):
            raise ValueError(f"attempt to get {name} of an empty sequence")
        values = []
        for line in lines:
            nans = source.dtype.kind == "f" and _nan_of(line)
            values.append(next(at for at, value in enumerate(line) if value != value) if nans else line.index(pick(line)))
        return _result(values, dt.INT64, shape, keepdims, axis, source)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = "Position of the extreme element, the first of equals."
    return reduce


argmax, argmin = _place("argmax", max_), _place("argmin", min_)


def all(a, axis=None, out=None, keepdims=False):
    """Whether all elements are true."""
    source = asarray(a)
    lines, shape, _ = _lines(source, axis)
    return _result([0 not in line for line in lines], dt.BOOL, shape, keepdims, axis, source)


def any(a, axis=None, out=None, keepdims=False):
    """Whether an element is true."""
    source = asarray(a)
    lines, shape, _ = _lines(source, axis)
    return _result([any_(line) for line in lines], dt.BOOL, shape, keepdims, axis, source)


def count_nonzero(a, axis=None, keepdims=False):
    """Number of elements that are not zero."""
    source = asarray(a)
    lines, shape, _ = _lines(source, axis)
    values = [len(line) - line.count(0) for line in lines]
    made = _result(values, dt.INT64, shape, keepdims, axis, source)
    return made if isinstance(made, ndarray) else made.item()


def _running(fold, single):
    def running(a, axis=None, dtype=None, out=None):
        source = asarray(a)
        one = _summed_type(source, dtype)
        source = source.reshape(-1) if axis is None else source
        at = axis_of(0 if axis is None else axis, source.ndim)
        lines, shape, _ = _lines(source, at)
        step = single if one is dt.FLOAT32 else fold
        values = [value for line in lines for value in accumulate(line, step)]
        if one.kind != "f":
            values = map(one.wrap, values)
        moved = from_flat(values, one, (*shape, source.shape[at]))
        order = list(range(source.ndim - 1))
        order.insert(at, source.ndim - 1)
        return moved.transpose(order).plain()

    return running


cumsum = _running(operator.add, _single_sum)
cumsum.__doc__ = "Running sums."
cumprod = _running(operator.mul, _single_product)
cumprod.__doc__ = "Running products."


def quantile(a, q, axis=None, *, method="linear", keepdims=False):
    """The value below which the share `q` of the elements lies, interpolated."""
    source, one = _float_source(a, None)
    asked = asarray(q, dt.FLOAT64)
    if any_(not 0 <= share <= 1 for share in asked.elements()):
        raise ValueError("Quantiles must be in the range [0, 1]")
    lines, shape, _ = _lines(source, axis)
    values = [_between(sorted(line), share, method) for share in asked.elements() for line in lines]
    if asked.shape:
        return from_flat(values, one, asked.shape + shape)
    return _result(values, one, shape, keepdims, axis, source)


def _between(line, share, method):
    if not line or _nan_of(line):
        return math.nan
    spot = share * (len(line) - 1)
    low = int(spot)
    high = min_(low + 1, len(line) - 1)
    rest = spot - low
    if method != "linear":
        picks = {"lower": low, "higher": high if rest else low, "nearest": round(spot)}
        if method not in picks:
            raise ValueError(f"method {method!r}: numpy here knows linear, lower, higher and nearest")
        return line[picks[method]]
    step = line[high] - line[low]
    return line[high] - step * (1 - rest) if rest >= 0.5 else line[low] + step * rest


def percentile(a, q, axis=None, *, method="linear", keepdims=False):
    """As `quantile`, in percent."""
    return quantile(a, uf.divide(q, 100), axis, method=method, keepdims=keepdims)


def median(a, axis=None, keepdims=False):
    """The middle element, or the mean of the two."""
    source, one = _float_source(a, None)
    lines, shape, _ = _lines(source, axis)
    values = []
    for line in lines:
        ordered, half = sorted(line), len(line) // 2
        if not ordered or _nan_of(line):
            values.append(math.nan)
        else:
            values.append(ordered[half] if len(line) % 2 else (ordered[half - 1] + ordered[half]) / 2)
    return _result(values, one, shape, keepdims, axis, source)


# Products


def _dot_rows(rows, columns, one):
    if one.kind == "f":
        return _buffer(one.code, [sumprod(row, column) for row in rows for column in columns])
    fold = (lambda x, y: any_(map(operator.and_, x, y))) if one is dt.BOOL else sumprod
    return _buffer(one.code, [one.wrap(fold(row, column)) for row in rows for column in columns])


def _rows(source):
    # Of a list, `sumprod` takes the numbers as they are; of an array it would make each anew, which
    # takes four times as long.
    flat, width = source.elements().tolist(), source.shape[-1]
    return [flat[at * width : (at + 1) * width] for at in range(_prod(source.shape[:-1]))]


def matmul(a, b):
    """Product of matrices; a vector counts as a row on the left, as a column on the right."""
    a, b = asarray(a), asarray(b)
    if not a.shape or not b.shape:
        raise ValueError("matmul: Input operand does not have enough dimensions")
    if b.ndim == 1 and a.shape[-1] == b.shape[0]:
        return inner(a, b)
    left, right = (a[None] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    if left.shape[-1] != right.shape[-2]:
        raise ValueError(
            f"matmul: Input operand 1 has a mismatch in its core dimension 0 (size {right.shape[-2]} is "
            f"different from {left.shape[-1]})"
        )
    one = dt.promote(a.dtype, b.dtype)
    head = broadcast_shapes(left.shape[:-2], right.shape[:-2])
    shape = (*head, left.shape[-2], right.shape[-1])
    if head:
        left = broadcast_to(left, head + left.shape[-2:]).reshape((-1,) + left.shape[-2:])
        right = broadcast_to(right, head + right.shape[-2:]).reshape((-1,) + right.shape[-2:])
        parts = [_dot_rows(_rows(x), _rows(y.T), one) for x, y in zip(left, right)]
    else:
        parts = [_dot_rows(_rows(left), _rows(right.T), one)]
    buf = _buffer(one.code)
    for part in parts:
        buf.extend(part)
    if a.ndim == 1:
        shape = shape[:-2] + shape[-1:]
    if b.ndim == 1:
        shape = shape[:-1]
    return make(buf, shape, one) if shape else one.box(buf[0])


def dot(a, b):
    """Inner product of vectors, product of matrices, or multiplication by a number."""
    a, b = asarray(a), asarray(b)
    if not a.shape or not b.shape:
        return uf.multiply(a, b)
    if b.ndim == 1:
        return inner(a, b)
    if a.ndim <= 2 and b.ndim <= 2:
        if a.shape[-1] != b.shape[-2]:
            raise ValueError(f"shapes {a.shape} and {b.shape} not aligned")
        return matmul(a, b)
    axes = list(range(b.ndim))
    return inner(a, b.transpose(axes[:-2] + [axes[-1], axes[-2]]))


def inner(a, b):
    """Sums of products along the last axes."""
    a, b = asarray(a), asarray(b)
    if not a.shape or not b.shape:
        return uf.multiply(a, b)
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"shapes {a.shape} and {b.shape} not aligned")
    one = dt.promote(a.dtype, b.dtype)
    shape = a.shape[:-1] + b.shape[:-1]
    buf = _dot_rows(_rows(a), _rows(b), one)
    return make(buf, shape, one) if shape else one.box(buf[0])


def squares(a):
    """Sums of squares along the last axis."""
    one = a.dtype
    return make(_buffer(one.code, [sumprod(row, row) for row in _rows(a)]), a.shape[:-1], one)


def vdot(a, b):
    """Inner product of all elements."""
    return inner(asarray(a).ravel(), asarray(b).ravel())


def outer(a, b):
    """The product of every pair."""
    return uf.multiply.outer(asarray(a).ravel(), asarray(b).ravel())


def trace(a):
    """Sum of the diagonal."""
    a = asarray(a)
    return sum(array([a[at, at] for at in range(min_(a.shape))]))


ndarray.__matmul__ = lambda self, other: matmul(self, other)
ndarray.__rmatmul__ = lambda self, other: matmul(other, self)
