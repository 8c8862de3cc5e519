"""Element types and scalars: what an element is, how it is stored, what two of them make together.

# Invariants
- There is one `dtype` object per element type, so element types compare by identity.
- A scalar holds a plain Python number that its type can hold exactly.
"""

from array import array
import types



def single(value):
    """A float rounded to single precision."""
    return array("f", (value,))[0]


class dtype:
    """Element type of an array."""

    __slots__ = ("type", "name", "kind", "itemsize", "code", "low", "high", "order")
    __class_getitem__ = classmethod(types.GenericAlias)

    def __new__(cls, spec=None):
        return as_dtype(spec)

    @property
    def str(self):
        """Array-protocol name, e.g. `<f4`."""
        return f"{'|' if self.itemsize == 1 else '<'}{self.kind}{self.itemsize}"

    @property
    def char(self):
        """One-letter name."""
        return "?" if self.kind == "b" else {"q": "l", "Q": "L"}.get(self.code, self.code)

    def wrap(self, number):
        """An integer folded into the range, as machine arithmetic does."""
        if self.kind == "b":
            return 1 if number else 0
        number &= (1 << 8 * self.itemsize) - 1
        return number - (1 << 8 * self.itemsize) if number > self.high else number

    def fit(self, number):
        """A Python number as this type holds it; an integer out of range is an error."""
        if self.kind == "f":
            return single(number) if self.itemsize == 4 else float(number)
        if self.kind == "b":
            return 1 if number else 0
        number = int(number)
        if not self.low <= number <= self.high:
            raise OverflowError(f"Python integer {number} out of bounds for {self.name}")
        return number

    def cast(self, number):
        """A Python number converted the way `astype` does: truncated and folded."""
        if self.kind == "f" or self.kind == "b":
            return self.fit(number)
        try:
            return self.wrap(int(number))
        except (ValueError, OverflowError):
            return self.low

    def box(self, number):
        """The scalar of a stored element."""
        return self.type._of(number)

    def __eq__(self, other):
        if isinstance(other, dtype):
            return self is other
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __hash__(self):
        return hash(("dtype", self.name))

    def __str__(self):
        return self.name

    def __repr__(self):
        return f"dtype('{self.name}')"

    def __reduce__(self):
        return (as_dtype, (self.name,))


class generic:
    """A single element. Operators are set by `_ufuncs`; other attributes are those of an array."""

    __slots__ = ()
    shape, ndim, size = (), 0, 1

    def item(self):
        """The element as a plain Python number."""
        return self._v

    tolist = item

    @property
    def itemsize(self):
        """Bytes of the element."""
        return self.dtype.itemsize

    nbytes = itemsize

    @property
    def real(self):
        """The element itself."""
        return self

    def tobytes(self):
        """Little-endian bytes."""
        return array(self.dtype.code, (self.item(),)).tobytes()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return getattr(AS_ARRAY[0](self), name)

    def __reduce__(self):
        return (type(self), (self.item(),))

    def __bool__(self):
        return bool(self.item())

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __hash__(self):
        return hash(self.item())

    def __str__(self):
        return SCALAR_TEXT[0](self)

    def __repr__(self):
        return f"np.{self!s}_" if self.dtype is BOOL else f"np.{type(self).__name__}({self!s})"

    def __format__(self, spec):
        return format(self.item(), spec)

    def __round__(self, digits=None):
        value = round(self.item(), digits)
        return value if digits is None else type(self)(value)


#: Set by the modules that know: how an array is made of a scalar, how a scalar is written.
AS_ARRAY, SCALAR_TEXT = [None], [None]


class number(generic):
    """Any number."""

    __slots__ = ()


class integer(number):
    """Any integer."""

    __slots__ = ()

    def __index__(self):
        return self._v


class signedinteger(integer):
    """Any signed integer."""

    __slots__ = ()


class unsignedinteger(integer):
    """Any unsigned integer."""

    __slots__ = ()


class floating(number):
    """Any float."""

    __slots__ = ()

    def is_integer(self):
        """Whether it has no fraction."""
        return self.item().is_integer()


class _Boxed:
    """Scalars that are not Python numbers themselves."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        self = object.__new__(cls)
        self._v = value
        return self

    def __new__(cls, value=0):
        if isinstance(value, (generic, str)) or hasattr(value, "__array__"):
            value = _plain(cls, value)
        return cls._of(cls.dtype.fit(value))


def _plain(cls, value):
    """The number in a scalar, an array of one element, or a text."""
    if isinstance(value, str):
        return int(value) if issubclass(cls, integer) else float(value)
    return cls.dtype.cast(AS_ARRAY[0](value).item())


class float64(floating, float):
    """A double: a Python float too."""

    __slots__ = ()

    @classmethod
    def _of(cls, value):
        return float.__new__(cls, value)

    def __new__(cls, value=0.0):
        return float.__new__(cls, value)

    def item(self):
        return float.__float__(self)

    tolist = item

    @property
    def _v(self):
        return float.__float__(self)

    __hash__ = float.__hash__
    __float__ = float.__float__
    __bool__ = float.__bool__


class bool_(_Boxed, generic):
    """A truth value."""

    __slots__ = ("_v",)

    def item(self):
        return bool(self._v)

    tolist = item

    def __index__(self):
        raise TypeError("a numpy bool can not be an index")


_BOXED = {"bool": bool_}


def _scalar_class(name, base):
    made = type(name, (_Boxed, base), {"__slots__": ("_v",), "__module__": "numpy"})
    made.__doc__ = f"A scalar of type {name}."
    _BOXED[name] = made
    return made


int8, int16 = _scalar_class("int8", signedinteger), _scalar_class("int16", signedinteger)
int32, int64 = _scalar_class("int32", signedinteger), _scalar_class("int64", signedinteger)
uint8, uint16 = _scalar_class("uint8", unsignedinteger), _scalar_class("uint16", unsignedinteger)
uint32, uint64 = _scalar_class("uint32", unsignedinteger), _scalar_class("uint64", unsignedinteger)
float32 = _scalar_class("float32", floating)
_BOXED["float64"] = float64
bool_.__name__ = bool_.__qualname__ = "bool"

generic.__module__ = dtype.__module__ = float64.__module__ = bool_.__module__ = "numpy"

_ORDER = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split()
_CODES = "B b B h H i I q Q f d".split()
#: Class of the element type by name: `Float32DType` and the like.
CLASSES = {}


def _make():
    by_name = {}
    for order, (name, code) in enumerate(zip(_ORDER, _CODES)):
        title = name.capitalize() if "int" not in name else ("UInt" if name[0] == "u" else "Int") + name.lstrip("uint")
        cls = type(f"{title}DType", (dtype,), {"__slots__": (), "__module__": "numpy.dtypes"})
        one = object.__new__(cls)
        one.name, one.code, one.order, one.type = name, code, order, _BOXED[name]
        one.itemsize = array(code).itemsize
        one.kind = "b" if name == "bool" else name[0]
        bits = 8 * one.itemsize
        one.low, one.high = (-(1 << bits - 1), (1 << bits - 1) - 1) if one.kind == "i" else (0, (1 << bits) - 1)
        if one.kind == "b":
            one.high = 1
        cls.ONE = one
        CLASSES[cls.__name__] = cls
        by_name[name] = _BOXED[name].dtype = one
    return by_name


_BY_NAME = _make()
BOOL, INT64, UINT64 = _BY_NAME["bool"], _BY_NAME["int64"], _BY_NAME["uint64"]
FLOAT32, FLOAT64 = _BY_NAME["float32"], _BY_NAME["float64"]
_ALIASES = {bool: BOOL, int: INT64, float: FLOAT64, None: FLOAT64}
_ALIASES |= {cls: one for one in _BY_NAME.values() for cls in (one.type, one, type(one))}
_ALIASES |= {name: one for one in _BY_NAME.values() for name in (one.name, one.str, one.str[1:], one.char)}
_ALIASES |= {"int": INT64, "float": FLOAT64, "b1": BOOL, "bool_": BOOL, "double": FLOAT64, "single": FLOAT32}
_ALIASES |= {one.code: one for one in _BY_NAME.values() if one is not BOOL}
_ALIASES |= {integer: INT64, signedinteger: INT64, floating: FLOAT64}


def as_dtype(spec):
    """The element type of a scalar class, a name, a Python type or an element type."""
    try:
        found = _ALIASES.get(spec)
    except TypeError:
        found = None
    if found is None:
        raise TypeError(
            f"numpy here has bool, int8 to int64, uint8 to uint64, float32 and float64, not {spec!r}"
        )
    return found


def _promote(a, b):
    if a.order > b.order:
        a, b = b, a
    if a.kind == b.kind or a is BOOL:
        return b
    if b.kind == "f":
        return FLOAT64 if b is FLOAT64 or a.itemsize > 2 else FLOAT32
    signed, unsigned = (a, b) if a.kind == "i" else (b, a)
    if signed.itemsize > unsigned.itemsize:
        return signed
    return FLOAT64 if unsigned.itemsize == 8 else _BY_NAME[f"int{unsigned.itemsize * 16}"]


_PROMOTED = {(a, b): _promote(a, b) for a in _BY_NAME.values() for b in _BY_NAME.values()}


def promote(a, b):
    """The element type that can hold both."""
    return _PROMOTED[a, b]


def of_python(number):
    """Element type of a plain Python number on its own."""
    if isinstance(number, bool):
        return BOOL
    if isinstance(number, int):
        if INT64.low <= number <= INT64.high:
            return INT64
        if 0 <= number <= UINT64.high:
            return UINT64
        raise OverflowError(f"{number} does not fit 64 bits, the widest integer of numpy here")
    return FLOAT64


def with_python(one, number):
    """Element type of an operation with a plain number: its kind counts, its size does not."""
    if isinstance(number, bool) or one.kind == "f":
        return one
    if isinstance(number, int):
        return INT64 if one is BOOL else one
    return FLOAT64
