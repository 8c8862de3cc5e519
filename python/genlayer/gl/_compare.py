"""Results that may differ a little: within a tolerance, or in some fields only.

# Invariants
- Exact arithmetic: a tolerance of 0.1 is a tenth and not what a float makes of it.
- What is not a number in both results must be equal; true and false are no numbers.
"""

import re
from fractions import Fraction

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")


def number(value):
    """The value as a fraction, if it is a number or the text of one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(int(value))
    if isinstance(value, float):
        return Fraction(repr(value)) if value - value == 0 else None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return Fraction(value)
    return None


class Tolerance:
    """How far apart two numbers may be; a share is one of the larger number."""

    __slots__ = ("absolute", "share")

    def __init__(self, absolute=Fraction(0), share=Fraction(0)):
        self.absolute = absolute
        self.share = share

    def __reduce__(self):
        return (Tolerance, (self.absolute, self.share))

    def allows(self, one, other):
        """Whether two numbers are near enough."""
        return abs(one - other) <= max(self.absolute, self.share * max(abs(one), abs(other)))


def tolerance(where, value):
    """A tolerance as it is written: a number, or text such as `"5%"`."""
    if isinstance(value, Tolerance):
        return value
    percent = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if percent:
        return Tolerance(share=Fraction(percent.group(1)) / 100)
    read = number(value)
    if read is None or read < 0:
        raise ValueError(f'`{where}`: a tolerance is a number from 0 on, or text such as "5%", not {value!r}')
    return Tolerance(absolute=read)


def near(one, other, allowed):
    """Whether two results are the same but for numbers within the tolerance."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key], allowed) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(near(a, b, allowed) for a, b in zip(one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    first, second = number(one), number(other)
    if first is None or second is None:
        return one == other
    # Text of digits alone may be a name, such as a postcode: it is compared as it is.
    if isinstance(one, str) and isinstance(other, str) and "." not in one + other:
        return one == other
    return allowed.allows(first, second)


class Fields:
    """A comparison of records field by field."""

    __slots__ = ("exact", "tolerances", "ignored")

    def __init__(self, exact, tolerances, ignored):
        self.exact = exact
        self.tolerances = tolerances
        self.ignored = ignored

    def __reduce__(self):
        return (Fields, (self.exact, self.tolerances, self.ignored))

    def __call__(self, leaders, mine):
        if not (isinstance(leaders, dict) and isinstance(mine, dict)):
            raise TypeError("`fields` compares records: the function has to return a dict")
        if self.exact is None:
            names = (leaders.keys() | mine.keys()) - set(self.tolerances) - set(self.ignored)
        else:
            names = self.exact
            # Fields that nobody spoke of would get into the state unseen.
            if leaders.keys() - set(names) - set(self.tolerances) - set(self.ignored):
                return False
        missing = object()
        for name in names:
            one, other = leaders.get(name, missing), mine.get(name, missing)
            if type(one) is not type(other) or one != other:
                return False
        return all(self._near(name, allowed, leaders, mine) for name, allowed in self.tolerances.items())

    @staticmethod
    def _near(name, allowed, leaders, mine):
        if (name in leaders) != (name in mine):
            return False
        first, second = number(leaders.get(name)), number(mine.get(name))
        if first is None or second is None:
            return leaders.get(name) == mine.get(name)
        return allowed.allows(first, second)


class Near:
    """A comparison of results with one tolerance for all numbers."""

    __slots__ = ("allowed",)

    def __init__(self, allowed):
        self.allowed = allowed

    def __reduce__(self):
        return (Near, (self.allowed,))

    def __call__(self, leaders, mine):
        return near(leaders, mine, self.allowed)


def fields(exact, tolerances, ignored):
    """Checks what `gl.eq_principle.fields` was given; returns the comparison."""
    where = "fields"
    tolerances = {name: tolerance(where, value) for name, value in dict(tolerances or {}).items()}
    groups = {"exact": () if exact is None else exact, "tolerance": tolerances, "ignore": ignored or ()}
    seen = {}
    for group, names in groups.items():
        if isinstance(names, str):
            raise TypeError(f"`{where}`: `{group}` is a list of names: write `{group}=[{names!r}]`")
        for name in names:
            if name in seen:
                raise ValueError(f"`{where}`: `{name}` is in `{seen[name]}` and in `{group}`")
            seen[name] = group
    return Fields(None if exact is None else tuple(exact), tolerances, tuple(ignored or ()))


def within(absolute, relative, percent):
    """Checks what `gl.eq_principle.within` was given; returns the comparison."""
    given = [value for value in (absolute, relative, percent) if value is not None]
    if len(given) != 1:
        raise TypeError("`within`: give one of `absolute=`, `relative=` and `percent=`")
    allowed = number(given[0])
    if allowed is None or allowed < 0:
        raise ValueError(f"`within`: a tolerance is a number from 0 on, not {given[0]!r}")
    if absolute is not None:
        return Near(Tolerance(absolute=allowed))
    return Near(Tolerance(share=allowed / 100 if percent is not None else allowed))
