"""How far two vectors are apart.

# Invariants
- Sums are those of Python's `sum` over exact doubles, and only the result is rounded to the type of
  the vectors: the node finds the same numbers.
"""

import math
import typing

import numpy

from genlayer.py.storage import allow_storage


class Distance(typing.Protocol):
    """What the fourth type of a `VecDB` has to be: a class marked with `@allow_storage`."""

    def __call__(self, l, r) -> typing.Any:
        """The distance of two vectors; the smaller, the nearer."""


def numbers(vector):
    """Elements as Python numbers."""
    return vector.tolist() if hasattr(vector, "tolist") else list(vector)


def rounded(value, vector):
    """A distance in the type that numpy would give it for this vector."""
    dtype = getattr(vector, "dtype", None)
    if dtype is None:
        return value
    if isinstance(value, int):
        return numpy.int64(value)
    return numpy.float32(value) if dtype.name == "float32" else numpy.float64(value)


class _Metric:
    """A distance that the package knows."""

    #: What the node calls it; None if only Python computes it.
    metric = None

    def __call__(self, l, r):
        return rounded(self.of(numbers(l), numbers(r)), l)

    def batch(self, l, r):
        """Distances of many vectors to one."""
        return numpy.array([self(one, r) for one in l])


@allow_storage
class EuclideanDistanceSquared(_Metric):
    """Sum of the squared differences."""

    metric = "squared"

    @staticmethod
    def of(l, r):
        """The exact distance of two lists."""
        return sum((a - b) * (a - b) for a, b in zip(l, r, strict=True))


@allow_storage
class EuclideanDistance(_Metric):
    """The length of the way between them."""

    metric = "euclidean"

    @staticmethod
    def of(l, r):
        """The exact distance of two lists."""
        return math.sqrt(EuclideanDistanceSquared.of(l, r))


@allow_storage
class CosineDistance(_Metric):
    """One less the cosine of the angle between them; no number when one has no length."""

    metric = "cosine"

    @staticmethod
    def of(l, r):
        """The exact distance of two lists."""
        dot = sum(a * b for a, b in zip(l, r, strict=True))
        lengths = math.sqrt(sum(a * a for a in l)) * math.sqrt(sum(b * b for b in r))
        return 1.0 - dot / lengths if lengths else math.nan


@allow_storage
class ManhattanDistance(_Metric):
    """Sum of the differences."""

    @staticmethod
    def of(l, r):
        """The exact distance of two lists."""
        return sum(abs(a - b) for a, b in zip(l, r, strict=True))


@allow_storage
class ChebyshevDistance(_Metric):
    """The largest difference."""

    @staticmethod
    def of(l, r):
        """The exact distance of two lists."""
        return max(abs(a - b) for a, b in zip(l, r, strict=True))
