"""Element-wise functions and the operators made of them.

# Invariants
- A result is rounded to its element type once per operation, as the machine does.
- The fast path maps over whole buffers; an element that it can not do (division by zero, overflow)
  sends the whole operation down the careful path, whose results are numpy's.
"""

from array import array as _buffer
from itertools import repeat
from math import copysign, inf, isnan as _isnan, nan, prod
import math
import operator

from . import _dtypes as dt
from ._core import array, asarray, broadcast_shapes, broadcast_to, make, ndarray

_PLAIN = (bool, int, float)
_TROUBLE = (ZeroDivisionError, OverflowError, ValueError, TypeError)


# What the careful path computes


def _divide(x, y):
    if y:
        return x / y
    return nan if x == 0 or x != x or y != y else copysign(inf, x) * copysign(1.0, y)


def _floor_divide(x, y):
    return x // y if y else _divide(x, y)


def _remainder(x, y):
    try:
        return x % y
    except (ZeroDivisionError, ValueError):
        return nan


def _int_remainder(x, y):
    return x % y if y else 0


def _int_floor_divide(x, y):
    return x // y if y else 0


def _power(x, y):
    try:
        return math.pow(x, y)
    except OverflowError:
        return -inf if x < 0 and y % 2 == 1 else inf
    except ValueError:
        return inf if x == 0 else nan


def _int_power(x, y):
    if y < 0:
        raise ValueError("Integers to negative integer powers are not allowed.")
    return pow(x, y, 1 << 64) if y > 8 else x**y


def _larger(x, y):
    return x if x >= y or x != x else y


def _smaller(x, y):
    return x if x <= y or x != x else y


def _sign(x):
    return x if x != x else (x > 0) - (x < 0)


def _guarded(function, overflow=inf):
    def careful(x):
        try:
            return function(x)
        except OverflowError:
            return overflow
        except ValueError:
            return -inf if x == 0 and function in (math.log, math.log2, math.log10) else nan

    return careful


def _log1p(x):
    return -inf if x == -1 else math.log1p(x)


def _rounding(function):
    return lambda x: float(function(x)) if x - x == 0 else x


def _rint(x):
    return float(round(x)) if x - x == 0 else x


# Operands


class _Operand:
    """One side of an operation: `weak` is a plain number, whose size does not count."""

    __slots__ = ("array", "shape", "dtype", "weak")

    def __init__(self, value):
        self.weak = None
        if type(value) in _PLAIN:
            self.weak, self.shape, self.array, self.dtype = value, (), None, None
        else:
            self.array = value if isinstance(value, ndarray) else array(value, copy=False)
            self.shape, self.dtype = self.array.shape, self.array.dtype

    def column(self, one, shape, alone):
        """The elements in the type of the computation, as often as needed."""
        if self.array is None:
            value = one.fit(self.weak)
            return (value,) if alone else repeat(value)
        source = self.array if self.shape == shape else None
        if source is None:
            if prod(self.shape) == 1 and not alone:
                return repeat(_typed(self.array.elements(), self.dtype, one)[0])
            source = broadcast_to(self.array, shape)
        return _typed(source.elements(), self.dtype, one)


def _typed(values, old, new):
    """Elements as the computation wants them; an integer becomes a single by rounding."""
    if new is dt.FLOAT32 and old.kind != "f":
        return _buffer("f", values)
    return values


def _common(a, b):
    if a.weak is None:
        return dt.promote(a.dtype, b.dtype) if b.weak is None else dt.with_python(a.dtype, b.weak)
    if b.weak is None:
        return dt.with_python(b.dtype, a.weak)
    return dt.promote(dt.of_python(a.weak), dt.of_python(b.weak))


def _finish(buf, shape, one, scalar):
    return one.box(buf[0]) if scalar else make(buf, shape, one)


def _is_scalar(value):
    return not isinstance(value, ndarray) and (type(value) in _PLAIN or isinstance(value, dt.generic))


def _store(one, fast, careful, columns):
    try:
        return _buffer(one.code, map(fast, *columns()))
    except _TROUBLE:
        if one.kind in "iu":
            return _buffer(one.code, [one.wrap(int(value)) for value in map(careful, *columns())])
        return _buffer(one.code, map(careful, *columns()))


class Binary:
    """A function of two numbers. `kind` tells which element types it works in."""

    def __init__(self, name, kind, fast, careful=None, whole=None, whole_careful=None):
        self.__name__ = name
        self.kind, self.fast, self.careful = kind, fast, careful or fast
        self.whole, self.whole_careful = whole or fast, whole_careful or whole or careful or fast

    def __repr__(self):
        return f"<ufunc '{self.__name__}'>"

    def _types(self, a, b):
        one = _common(a, b)
        if self.kind == "float" and one.kind != "f":
            return dt.FLOAT64, dt.FLOAT64
        if self.kind in ("compare", "logic"):
            return one, dt.BOOL
        if one is dt.BOOL:
            if self.kind == "bits":
                return one, one
            if self.__name__ == "subtract":
                raise TypeError("numpy boolean subtract is not supported: use ^ or np.logical_xor")
            if self.__name__ in ("floor_divide", "remainder", "power"):
                one = dt.as_dtype("int8")
        elif self.kind == "bits" and one.kind == "f":
            raise TypeError(f"ufunc '{self.__name__}' not supported for floats")
        return one, one

    def _of_two(self, a, b):
        """The result for two float scalars of one type, without the machinery of arrays."""
        x, y, one = a._v, b._v, a.dtype
        try:
            value = self.fast(x, y)
        except _TROUBLE:
            value = self.careful(x, y)
        if self.kind in ("compare", "logic"):
            return dt.BOOL.box(1 if value else 0)
        return one.box(dt.single(value) if one is dt.FLOAT32 else value)

    def __call__(self, a, b, out=None, dtype=None, **_unused):
        if type(a) is type(b) and isinstance(a, dt.floating) and self.kind != "bits":
            if out is None and dtype is None:
                return self._of_two(a, b)
        x, y = _Operand(a), _Operand(b)
        work, result = self._types(x, y)
        if dtype is not None:
            work = result = dt.as_dtype(dtype)
        shape = broadcast_shapes(x.shape, y.shape)
        alone = prod(shape) == 1
        if self.kind == "compare" and work.kind != "f":
            # Whole numbers of any size compare exactly.
            work = _EXACT

        def columns():
            return x.column(work, shape, alone), y.column(work, shape, alone)

        fast, careful = (self.whole, self.whole_careful) if work.kind in "biu" else (self.fast, self.careful)
        if not prod(shape):
            buf = _buffer(result.code)
        elif result is dt.BOOL and self.kind != "bits":
            buf = _buffer("B", map(bool, map(fast, *columns())))
        else:
            buf = _store(result, fast, careful, columns)
        made = _finish(buf, shape, result, _is_scalar(a) and _is_scalar(b) or not shape)
        if out is None:
            return made
        out[...] = made
        return out

    def outer(self, a, b):
        """The function of every pair."""
        a, b = asarray(a), asarray(b)
        return self(a.reshape(a.shape + (1,) * b.ndim), b)


class _Exact:
    """Numbers compared as they are."""

    kind = "i"

    @staticmethod
    def fit(number):
        return number


_EXACT = _Exact()


class Unary:
    """A function of one number. `kind` "float" always gives floats, "same" keeps the type."""

    def __init__(self, name, kind, fast, careful=None, whole=None):
        self.__name__ = name
        self.kind, self.fast, self.careful, self.whole = kind, fast, careful or fast, whole or fast

    def __repr__(self):
        return f"<ufunc '{self.__name__}'>"

    def __call__(self, x, out=None, dtype=None, **_unused):
        source = asarray(x)
        old = source.dtype
        values = source.elements()
        if self.kind == "test":
            buf = _buffer("B", map(bool, map(self.fast, values)))
            made = _finish(buf, source.shape, dt.BOOL, _is_scalar(x))
        else:
            if dtype is not None:
                one = dt.as_dtype(dtype)
            else:
                one = old if self.kind == "same" or old.kind == "f" else dt.FLOAT64
            if self.kind == "same" and old is dt.BOOL and self.__name__ in ("negative", "sign", "positive"):
                raise TypeError(f"numpy boolean {self.__name__} is not supported: use ~ or np.logical_not")
            fast = self.whole if old.kind != "f" else self.fast
            careful = self.whole if old.kind != "f" and self.kind == "same" else self.careful
            buf = _store(one, fast, careful, lambda: (values,))
            made = _finish(buf, source.shape, one, _is_scalar(x))
        if out is None:
            return made
        out[...] = made
        return out


def _same(x):
    return x


add = Binary("add", "number", operator.add)
subtract = Binary("subtract", "number", operator.sub)
multiply = Binary("multiply", "number", operator.mul)
divide = true_divide = Binary("divide", "float", operator.truediv, _divide)
floor_divide = Binary(
    "floor_divide", "number", operator.floordiv, _floor_divide, operator.floordiv, _int_floor_divide
)
remainder = mod = Binary("remainder", "number", operator.mod, _remainder, operator.mod, _int_remainder)
fmod = Binary("fmod", "number", math.fmod, _remainder)
power = Binary("power", "number", math.pow, _power, _int_power)
maximum = Binary("maximum", "number", _larger)
minimum = Binary("minimum", "number", _smaller)
fmax = Binary("fmax", "number", lambda x, y: y if x != x else x if y != y else _larger(x, y))
fmin = Binary("fmin", "number", lambda x, y: y if x != x else x if y != y else _smaller(x, y))
arctan2 = Binary("arctan2", "float", math.atan2)
hypot = Binary("hypot", "float", math.hypot)
equal = Binary("equal", "compare", operator.eq)
not_equal = Binary("not_equal", "compare", operator.ne)
less = Binary("less", "compare", operator.lt)
less_equal = Binary("less_equal", "compare", operator.le)
greater = Binary("greater", "compare", operator.gt)
greater_equal = Binary("greater_equal", "compare", operator.ge)
logical_and = Binary("logical_and", "logic", lambda x, y: x and y)
logical_or = Binary("logical_or", "logic", lambda x, y: x or y)
logical_xor = Binary("logical_xor", "logic", lambda x, y: bool(x) != bool(y))
bitwise_and = Binary("bitwise_and", "bits", operator.and_)
bitwise_or = Binary("bitwise_or", "bits", operator.or_)
bitwise_xor = Binary("bitwise_xor", "bits", operator.xor)
left_shift = Binary("left_shift", "bits", lambda x, y: x << y if 0 <= y < 64 else 0)
right_shift = Binary("right_shift", "bits", lambda x, y: x >> y if 0 <= y < 64 else -(x < 0))

absolute = abs_ = fabs = Unary("absolute", "same", abs)
negative = Unary("negative", "same", operator.neg)
positive = Unary("positive", "same", _same)
sign = Unary("sign", "same", _sign)
square = Unary("square", "same", lambda x: x * x)
reciprocal = Unary("reciprocal", "same", lambda x: _divide(1.0, x), whole=lambda x: _int_floor_divide(1, x))
floor = Unary("floor", "same", _rounding(math.floor), whole=_same)
ceil = Unary("ceil", "same", _rounding(math.ceil), whole=_same)
trunc = fix = Unary("trunc", "same", _rounding(math.trunc), whole=_same)
rint = Unary("rint", "same", _rint, whole=_same)
isnan = Unary("isnan", "test", _isnan)
isinf = Unary("isinf", "test", math.isinf)
isfinite = Unary("isfinite", "test", math.isfinite)
signbit = Unary("signbit", "test", lambda x: copysign(1.0, x) < 0)
logical_not = Unary("logical_not", "test", operator.not_)
sqrt = Unary("sqrt", "float", math.sqrt, _guarded(math.sqrt))
cbrt = Unary("cbrt", "float", math.cbrt)
exp = Unary("exp", "float", math.exp, _guarded(math.exp))
exp2 = Unary("exp2", "float", math.exp2, _guarded(math.exp2))
expm1 = Unary("expm1", "float", math.expm1, _guarded(math.expm1))
log = Unary("log", "float", math.log, _guarded(math.log))
log2 = Unary("log2", "float", math.log2, _guarded(math.log2))
log10 = Unary("log10", "float", math.log10, _guarded(math.log10))
log1p = Unary("log1p", "float", _log1p, _guarded(_log1p))
sin = Unary("sin", "float", math.sin, _guarded(math.sin))
cos = Unary("cos", "float", math.cos, _guarded(math.cos))
tan = Unary("tan", "float", math.tan, _guarded(math.tan))
arcsin = Unary("arcsin", "float", math.asin, _guarded(math.asin))
arccos = Unary("arccos", "float", math.acos, _guarded(math.acos))
arctan = Unary("arctan", "float", math.atan)
sinh = Unary("sinh", "float", math.sinh, lambda x: copysign(inf, x))
cosh = Unary("cosh", "float", math.cosh, _guarded(math.cosh))
tanh = Unary("tanh", "float", math.tanh)
degrees = rad2deg = Unary("degrees", "float", math.degrees)
radians = deg2rad = Unary("radians", "float", math.radians)


def invert(x):
    """Bitwise not; of truth values, the logical one."""
    return logical_not(x) if asarray(x).dtype is dt.BOOL else _invert(x)


_invert = Unary("invert", "same", operator.invert)
bitwise_not = invert


def divmod_(a, b):
    """Quotient and remainder."""
    return floor_divide(a, b), remainder(a, b)


_OPERATORS = {
    "add": add, "sub": subtract, "mul": multiply, "truediv": divide, "floordiv": floor_divide,
    "mod": remainder, "pow": power, "and": bitwise_and, "or": bitwise_or, "xor": bitwise_xor,
    "lshift": left_shift, "rshift": right_shift,
}  # fmt: skip
_COMPARISONS = {
    "eq": equal, "ne": not_equal, "lt": less, "le": less_equal, "gt": greater, "ge": greater_equal,
}  # fmt: skip


def _operable(value):
    return isinstance(value, (*_PLAIN, dt.generic, ndarray, list, tuple)) or hasattr(value, "__array__")


def _forward(ufunc):
    def method(self, other):
        return ufunc(self, other) if _operable(other) else NotImplemented

    return method


def _backward(ufunc):
    def method(self, other):
        return ufunc(other, self) if _operable(other) else NotImplemented

    return method


def _compare(ufunc):
    def method(self, other):
        if _operable(other):
            try:
                return ufunc(self, other)
            except TypeError:
                return NotImplemented
        return NotImplemented

    return method


def _in_place(ufunc):
    def method(self, other):
        made = asarray(ufunc(self, other))
        if made.dtype.kind == "f" and self.dtype.kind != "f" or self.dtype is dt.BOOL is not made.dtype:
            raise TypeError(
                f"Cannot cast ufunc '{ufunc.__name__}' output from {made.dtype!r} to {self.dtype!r}"
            )
        if made.shape != self.shape:
            raise ValueError(f"non-broadcastable output operand with shape {self.shape}")
        self[...] = made
        return self

    return method


def _install():
    for cls in (dt.generic, ndarray):
        for name, ufunc in _OPERATORS.items():
            setattr(cls, f"__{name}__", _forward(ufunc))
            setattr(cls, f"__r{name}__", _backward(ufunc))
        for name, ufunc in _COMPARISONS.items():
            setattr(cls, f"__{name}__", _compare(ufunc))
        for name, ufunc in (("neg", negative), ("pos", positive), ("abs", absolute), ("invert", invert)):
            setattr(cls, f"__{name}__", lambda self, _ufunc=ufunc: _ufunc(self))
        cls.__divmod__ = divmod_
        cls.__rdivmod__ = lambda self, other: divmod_(other, self)
    for name, ufunc in _OPERATORS.items():
        setattr(ndarray, f"__i{name}__", _in_place(ufunc))


_install()
