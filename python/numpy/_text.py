"""How scalars and arrays are written."""

from math import prod

from . import _dtypes as dt
from ._core import ndarray

_WIDTH, _PRECISION, _MANY, _EDGE = 75, 8, 1000, 3


def shortest(value, one):
    """The fewest digits that read back as the same number."""
    if one is dt.FLOAT32 and value - value == 0:
        for digits in range(1, 10):
            text = f"{value:.{digits}g}"
            if dt.single(float(text)) == value:
                value = float(text)
                break
    return repr(value)


def scalar_text(scalar):
    """A scalar as `print` shows it."""
    one, value = scalar.dtype, scalar.item()
    if one is not dt.FLOAT32:
        return repr(value)
    size = abs(value)
    text = shortest(value, one)
    if 1e-4 <= size < 1e8 or value == 0 or value != value or size == float("inf"):
        return text
    mantissa, _, power = f"{float(text):e}".partition("e")
    digits = mantissa.rstrip("0").rstrip(".")
    for count in range(9):
        if dt.single(float(f"{float(text):.{count}e}")) == value:
            digits = f"{float(text):.{count}e}".partition("e")[0]
            break
    return f"{digits}e{power}"


def _float_texts(values, one):
    finite = [abs(value) for value in values if value - value == 0 and value]
    spread = finite and (max(finite) >= 1e8 or min(finite) < 1e-4 or max(finite) / min(finite) > 1000)
    texts = [_scientific(value, one) if spread else _positional(value, one) for value in values]
    rest = max((len(text.partition(".")[2]) for text in texts if "." in text), default=0)
    if spread:
        digits = max((len(text.partition("e")[0].partition(".")[2]) for text in texts if "e" in text), default=0)
        width = max((len(text.partition("e")[2]) - 1 for text in texts if "e" in text), default=2)
        return [_scientific(value, one, digits, width) if "e" in text else text for value, text in zip(values, texts)]
    return [text + " " * (rest - len(text.partition(".")[2])) if "." in text else text for text in texts]


def _special(value):
    return "nan" if value != value else ("-inf" if value < 0 else "inf")


def _positional(value, one):
    if value - value != 0:
        return _special(value)
    text = f"{value:.{_PRECISION}f}"
    exact = shortest(value, one)
    if "e" not in exact and len(exact.partition(".")[2]) <= _PRECISION:
        text = exact
    return text.rstrip("0") if "." in text else text + "."


def _scientific(value, one, digits=None, width=2):
    if value - value != 0:
        return _special(value)
    if digits is None:
        exact = float(shortest(value, one))
        digits = next(count for count in range(18) if float(f"{exact:.{count}e}") == exact)
        digits = min(digits, _PRECISION)
    text = f"{float(shortest(value, one)):.{digits}e}"
    mantissa, _, power = text.partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.'}e{power[0]}{power[1:].zfill(width)}"


def _texts(array, edges):
    values = [array.dtype.cast(value) for value in edges]
    if array.dtype.kind == "f":
        texts = _float_texts(values, array.dtype)
    elif array.dtype.kind == "b":
        texts = [str(bool(value)).rjust(5) for value in values]
    else:
        texts = [str(value) for value in values]
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def _shown(shape, short):
    """Positions that are written along each axis; None stands for the gap."""
    rows = []
    for size in shape:
        if short and size > 2 * _EDGE:
            rows.append([*range(_EDGE), None, *range(size - _EDGE, size)])
        else:
            rows.append(list(range(size)))
    return rows


def _write(array, indent, separator):
    if not array.shape:
        return _texts(array, array.elements())[0].strip()
    short = prod(array.shape) > _MANY
    shown = _shown(array.shape, short)
    picked = [array]
    for axis, row in enumerate(shown):
        picked[0] = picked[0][(slice(None),) * axis + ([at for at in row if at is not None],)]
    texts = iter(_texts(array, picked[0].elements()))

    def lines(axis, depth):
        if axis == len(shown) - 1:
            items = ["..." if at is None else next(texts) for at in shown[axis]]
            return _wrapped(items, indent + depth, separator, len(shown) - depth)
        gap = separator.strip() + "\n" * (len(shown) - 1 - axis) + " " * (indent + depth + 1)
        parts = ["..." if at is None else lines(axis + 1, depth + 1) for at in shown[axis]]
        return "[" + gap.join(parts) + "]"

    return lines(0, 0)


def _wrapped(items, indent, separator, closing):
    rows, line = [], " " * (indent + 1)
    for at, item in enumerate(items):
        room = len(separator.rstrip()) if at < len(items) - 1 else closing
        if len(line) + len(item) + room > _WIDTH and line.strip():
            rows.append(line.rstrip())
            line = " " * (indent + 1)
        line += item + (separator if at < len(items) - 1 else "")
    rows.append(line)
    return "[" + "\n".join(rows)[indent + 1 :] + "]"


def _array_str(self):
    return _write(self, 0, " ")


def _array_repr(self):
    if not prod(self.shape):
        extra = f", shape={self.shape}" if self.shape != (0,) else ""
        return f"array([]{extra}, dtype={self.dtype.name})"
    body = _write(self, 6, ", ")
    extra = f", shape={self.shape}" if prod(self.shape) > _MANY else ""
    suffix = extra + _suffix(self)
    last = body.rpartition("\n")[2]
    start = 6 if "\n" not in body else 0
    if suffix and start + len(last) + len(suffix) + 1 > _WIDTH:
        suffix = ",\n      " + suffix.removeprefix(", ")
    return f"array({body}{suffix})"


def _suffix(array):
    known = array.dtype in (dt.INT64, dt.FLOAT64, dt.BOOL)
    return "" if known else f", dtype={array.dtype.name}"


dt.SCALAR_TEXT[0] = scalar_text
ndarray.__str__ = _array_str
ndarray.__repr__ = _array_repr
