"""The array: a buffer of machine numbers, and where in it the elements are.

# Invariants
- A basic index makes a view of the same buffer, an advanced one a copy, as in numpy.
- Offsets and strides count elements, not bytes; the buffer is an `array.array` or like one.
"""

from array import array as _buffer
from math import prod
import types

from . import _dtypes as dt
from ._index import Indexing, nonzero, whole

_PLAIN = (bool, int, float)


def default_strides(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def broadcast_shapes(*shapes):
    """The shape that all of them stretch to."""
    if len(set(shapes)) == 1:
        return shapes[0]
    result = []
    longest = max(map(len, shapes))
    for sizes in zip(*((1,) * (longest - len(shape)) + tuple(shape) for shape in shapes)):
        real = {size for size in sizes if size != 1}
        if len(real) > 1:
            text = " ".join(str(shape).replace(" ", "") for shape in shapes)
            raise ValueError(f"operands could not be broadcast together with shapes {text}")
        result.append(real.pop() if real else 1)
    return tuple(result)


def as_shape(shape):
    """A shape from a number or a sequence."""
    if hasattr(shape, "__index__"):
        shape = (shape,)
    shape = tuple(size.__index__() for size in shape)
    if any(size < 0 for size in shape):
        raise ValueError("negative dimensions are not allowed")
    if prod(shape) > MAX_ELEMENTS:
        raise MemoryError(f"an array of shape {shape} is larger than {MAX_ELEMENTS} elements")
    return shape


#: More would not fit the sandbox's memory in any case; the error is better than a crash.
MAX_ELEMENTS = 1 << 25


def axis_of(axis, ndim):
    """A checked, non-negative axis."""
    number = axis.__index__()
    if not -ndim <= number < ndim:
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {ndim}")
    return number % ndim


class ndarray(Indexing):
    """An n-dimensional array of numbers of one type."""

    __slots__ = ("_buf", "_off", "shape", "strides_", "dtype")
    __class_getitem__ = classmethod(types.GenericAlias)
    __module__ = "numpy"
    __hash__ = None

    def __new__(cls, shape, dtype=float):
        one = dt.as_dtype(dtype)
        shape = as_shape(shape)
        return make(_buffer(one.code, bytes(prod(shape) * one.itemsize)), shape, one)

    @property
    def ndim(self):
        """Number of dimensions."""
        return len(self.shape)

    @property
    def size(self):
        """Number of elements."""
        return prod(self.shape)

    @property
    def itemsize(self):
        """Bytes of an element."""
        return self.dtype.itemsize

    @property
    def nbytes(self):
        """Bytes of all elements."""
        return prod(self.shape) * self.dtype.itemsize

    @property
    def strides(self):
        """Steps in bytes."""
        return tuple(step * self.dtype.itemsize for step in self.strides_)

    @property
    def T(self):
        """The transposed view."""
        return make(self._buf, self.shape[::-1], self.dtype, self._off, self.strides_[::-1])

    @property
    def flat(self):
        """The elements one after another."""
        return iter([self.dtype.box(value) for value in self.elements()])

    @property
    def real(self):
        """The array itself."""
        return self

    def contiguous(self):
        """Whether the elements lie in C order without gaps."""
        step = 1
        for size, stride in zip(reversed(self.shape), reversed(self.strides_)):
            if stride != step and size != 1:
                return False
            step *= size
        return True

    def elements(self):
        """All elements in C order, as a buffer; may be the array's own."""
        count = prod(self.shape)
        if self.contiguous():
            if count == len(self._buf):
                return self._buf
            return self._buf[self._off : self._off + count]
        if len(self.shape) == 1 and self.strides_[0] > 0 and count:
            step = self.strides_[0]
            return self._buf[self._off : self._off + step * (count - 1) + 1 : step]
        return _buffer(self.dtype.code, map(self._buf.__getitem__, self.positions()))

    def positions(self):
        """Where in the buffer the elements are, in C order."""
        if self.contiguous():
            return range(self._off, self._off + prod(self.shape))
        spots = [self._off]
        for size, step in zip(self.shape, self.strides_):
            steps = range(0, size * step, step) if step else (0,) * size
            spots = [spot + move for spot in spots for move in steps]
        return spots

    def plain(self):
        """A contiguous array of the same elements: itself if it is one."""
        return self if self.contiguous() else make(self.elements(), self.shape, self.dtype)

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        if len(self.shape) == 1:
            return map(self.dtype.box, self.elements())
        return iter([self[at] for at in range(self.shape[0])])

    def __contains__(self, value):
        return bool((self == value).any())

    # Conversions

    def _single(self):
        if prod(self.shape) != 1:
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        return self.elements()[0]

    def __bool__(self):
        if prod(self.shape) != 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. "
                "Use a.any() or a.all()"
            )
        return bool(self.elements()[0])

    def __int__(self):
        return int(self._single())

    def __float__(self):
        return float(self._single())

    def __index__(self):
        if self.dtype.kind not in "iu" or self.shape:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return self._single()

    def __buffer__(self, _flags):
        return memoryview(self.elements())

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, _memo):
        return self.copy()

    def __reduce__(self):
        return (_rebuild, (self.tobytes(), self.shape, self.dtype.name))

    def __format__(self, spec):
        return format(self.item(), spec) if spec else str(self)

    def item(self, *where):
        """One element as a plain Python number."""
        if not where:
            if prod(self.shape) != 1:
                raise ValueError("can only convert an array of size 1 to a Python scalar")
            value = self.elements()[0]
        elif len(where) == 1 and type(where[0]) is int:
            value = self.elements()[where[0]]
        else:
            return self[where].item()
        return bool(value) if self.dtype.kind == "b" else value

    def tolist(self):
        """Nested lists of plain Python numbers."""
        flat = self.elements().tolist()
        if self.dtype.kind == "b":
            flat = list(map(bool, flat))
        if not self.shape:
            return flat[0]
        for size in reversed(self.shape[1:]):
            flat = [flat[at : at + size] for at in range(0, len(flat), size)] if size else [[]] * self.shape[0]
        return flat

    def tobytes(self, order="C"):
        """Little-endian bytes in C order."""
        return self.elements().tobytes()

    def copy(self, order="C"):
        """An array of its own."""
        return make(self.elements()[:], self.shape, self.dtype)

    def astype(self, dtype, copy=True):
        """The elements converted: floats truncate, integers fold."""
        one = dt.as_dtype(dtype)
        if one is self.dtype:
            return self.copy() if copy else self
        return make(_converted(self.elements(), self.dtype, one), self.shape, one)

    def __array__(self, dtype=None, copy=None):
        return self if dtype is None else self.astype(dtype, copy=False)

    # Shape

    def reshape(self, *shape, order="C"):
        """The same elements in another shape: a view where possible."""
        if len(shape) == 1 and not hasattr(shape[0], "__index__"):
            shape = tuple(shape[0])
        shape, count = tuple(size.__index__() for size in shape), prod(self.shape)
        if shape.count(-1) == 1:
            rest = -prod(shape)
            if rest and count % rest == 0:
                shape = tuple(count // rest if size == -1 else size for size in shape)
        if prod(shape) != count or min(shape, default=0) < 0:
            raise ValueError(f"cannot reshape array of size {count} into shape {shape}")
        base = self.plain()
        return make(base._buf, shape, self.dtype, base._off)

    def ravel(self, order="C"):
        """One dimension, a view where possible."""
        return self.reshape(-1)

    def flatten(self, order="C"):
        """One dimension, always a copy."""
        return make(self.elements()[:], (prod(self.shape),), self.dtype)

    def transpose(self, *axes):
        """A view with the axes in another order."""
        if len(axes) == 1 and not hasattr(axes[0], "__index__"):
            axes = axes[0]
        if not axes:
            return self.T
        axes = [axis_of(axis, self.ndim) for axis in axes]
        if sorted(axes) != list(range(self.ndim)):
            raise ValueError("axes don't match array")
        shape = tuple(self.shape[axis] for axis in axes)
        return make(self._buf, shape, self.dtype, self._off, tuple(self.strides_[axis] for axis in axes))

    def swapaxes(self, first, second):
        """A view with two axes exchanged."""
        axes = list(range(self.ndim))
        first, second = axis_of(first, self.ndim), axis_of(second, self.ndim)
        axes[first], axes[second] = axes[second], axes[first]
        return self.transpose(axes)

    def squeeze(self, axis=None):
        """A view without the axes of length 1."""
        if axis is not None:
            axes = {axis_of(one, self.ndim) for one in ((axis,) if hasattr(axis, "__index__") else axis)}
            if any(self.shape[one] != 1 for one in axes):
                raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
        else:
            axes = {at for at, size in enumerate(self.shape) if size == 1}
        return self[tuple(0 if at in axes else slice(None) for at in range(self.ndim)) + (Ellipsis,)]

    def fill(self, value):
        """Sets every element."""
        self[...] = value


_set = {name: ndarray.__dict__[name].__set__ for name in ndarray.__slots__}
_set_buf, _set_off, _set_shape = _set["_buf"], _set["_off"], _set["shape"]
_set_strides, _set_dtype = _set["strides_"], _set["dtype"]


def make(buf, shape, dtype, offset=0, strides=None):
    """An array over a buffer."""
    self = object.__new__(ndarray)
    _set_buf(self, buf)
    _set_off(self, offset)
    _set_shape(self, shape)
    _set_strides(self, default_strides(shape) if strides is None else strides)
    _set_dtype(self, dtype)
    return self


def from_flat(values, dtype, shape=None):
    """An array of stored numbers that fit."""
    buf = _buffer(dtype.code, values)
    return make(buf, (len(buf),) if shape is None else shape, dtype)


def _rebuild(data, shape, name):
    one = dt.as_dtype(name)
    return make(_buffer(one.code, data), shape, one)


def _converted(values, old, new):
    if new.kind == "f" and old.kind in "biuf" or old is dt.BOOL:
        return _buffer(new.code, values)
    if new.kind in "iu" and old.kind == "i" or old.kind == "u":
        try:
            return _buffer(new.code, values)
        except OverflowError:
            pass
    return _buffer(new.code, map(new.cast, values))


def broadcast_strides(shape, strides, target):
    """Strides that repeat a shape over a larger one."""
    extra = len(target) - len(shape)
    if extra < 0 or any(size not in (1, goal) for size, goal in zip(shape, target[extra:])):
        raise ValueError(f"shape {shape} can not be broadcast to {target}")
    return (0,) * extra + tuple(
        0 if size == 1 else step for size, step in zip(shape, strides)
    )


def broadcast_to(array, shape):
    """A view of the array repeated over a larger shape."""
    array, shape = asarray(array), as_shape(shape)
    if array.shape == shape:
        return array
    return make(array._buf, shape, array.dtype, array._off, broadcast_strides(array.shape, array.strides_, shape))


def _walk(value, leaves):
    """Shape of nested sequences; collects the leaves."""
    if isinstance(value, (dt.generic, *_PLAIN)):
        leaves.append(value)
        return ()
    if hasattr(value, "__array__"):
        value = value.__array__()
        leaves.extend(map(value.dtype.box, value.elements()))
        return value.shape
    if isinstance(value, (str, bytes, dict, set)) or value is None or not hasattr(value, "__len__"):
        if hasattr(value, "__index__") or hasattr(value, "__float__"):
            leaves.append(int(value) if hasattr(value, "__index__") else float(value))
            return ()
        raise TypeError(f"numpy here holds numbers only, not {type(value).__name__}")
    shape = None
    for item in value:
        inner = _walk(item, leaves)
        if shape is not None and inner != shape:
            raise ValueError(
                "setting an array element with a sequence. The requested array has an inhomogeneous shape"
            )
        shape = inner
    return (len(value), *(shape or ()))


def _type_of(leaves):
    found = None
    kinds = set(map(type, leaves))
    for kind in kinds:
        if kind is int:
            whole = [leaf for leaf in leaves if type(leaf) is int]
            one = dt.promote(dt.of_python(min(whole)), dt.of_python(max(whole)))
        else:
            one = dt.BOOL if kind is bool else dt.FLOAT64 if kind is float else getattr(kind, "dtype", dt.INT64)
        found = one if found is None else dt.promote(found, one)
    return dt.FLOAT64 if found is None else found


def array(object, dtype=None, *, copy=True, order=None, ndmin=0, **_unused):
    """An array of numbers in nested sequences."""
    one = None if dtype is None else dt.as_dtype(dtype)
    if not isinstance(object, ndarray) and hasattr(object, "__array__"):
        object, copy = object.__array__(), copy and hasattr(object, "_buf")
    if isinstance(object, ndarray):
        made = object if one is None or one == object.dtype else object.astype(one)
        made = made.copy() if copy and made is object else made
    elif isinstance(object, (bytearray, memoryview, _buffer)):
        view = memoryview(object)
        made = make(_buffer(view.format, view.tobytes()), view.shape, dt.as_dtype("B" if view.format == "c" else view.format))
        made = made if one is None else made.astype(one, copy=False)
    else:
        leaves = []
        shape = _walk(object, leaves)
        found = _type_of(leaves)
        one = found if one is None else one
        values = [leaf.item() if isinstance(leaf, dt.generic) else leaf for leaf in leaves]
        if one.kind in "iu":
            values = [whole(one, value) for value in values]
        elif one.kind == "b":
            values = map(bool, values)
        made = from_flat(values, one, shape)
    return made if made.ndim >= ndmin else made.reshape((1,) * (ndmin - made.ndim) + made.shape)


def asarray(object, dtype=None, order=None, **_unused):
    """The array itself, or an array made of something else."""
    return array(object, dtype, copy=False)


dt.AS_ARRAY[0] = asarray
