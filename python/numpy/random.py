"""Random arrays from Python's `random`, which the node seeds per call.

# Invariants
- Every validator draws the same numbers: there is no other source of entropy.

# Not here
- numpy's own generators: the same seed gives other numbers than on a desktop.
"""

import random as _random
from math import prod as _prod

from . import _dtypes as dt
from ._core import array, as_shape, asarray, from_flat


class Generator:
    """Draws numbers; `default_rng(seed)` makes one of its own."""

    def __init__(self, source):
        self._source = source

    def _draw(self, size, one, draw):
        if size is None:
            return one.box(one.fit(draw()))
        shape = as_shape(size)
        return from_flat([draw() for _ in range(_prod(shape))], one, shape)

    def random(self, size=None, dtype=float):
        """Floats from 0 up to, without, 1."""
        return self._draw(size, dt.as_dtype(dtype), self._source.random)

    def uniform(self, low=0.0, high=1.0, size=None):
        """Floats between two numbers."""
        return self._draw(size, dt.FLOAT64, lambda: low + (high - low) * self._source.random())

    def integers(self, low, high=None, size=None, dtype=int, endpoint=False):
        """Whole numbers from `low` up to, without, `high`."""
        low, high = (0, low) if high is None else (low, high)
        high = int(high) + bool(endpoint)
        if low >= high:
            raise ValueError("low >= high")
        return self._draw(size, dt.as_dtype(dtype), lambda: self._source.randrange(int(low), high))

    def normal(self, loc=0.0, scale=1.0, size=None):
        """Floats around `loc`, normally distributed."""
        return self._draw(size, dt.FLOAT64, lambda: self._source.gauss(loc, scale))

    def standard_normal(self, size=None):
        """Floats around 0 with deviation 1."""
        return self.normal(size=size)

    def choice(self, a, size=None, replace=True, p=None):
        """Elements picked at random."""
        items = asarray(range(int(a))) if hasattr(a, "__index__") else asarray(a)
        count = _prod(as_shape(size)) if size is not None else 1
        if p is not None:
            if not replace:
                raise ValueError("numpy here picks with weights only with replacement")
            at = self._source.choices(range(len(items)), [float(one) for one in p], k=count)
        elif replace:
            at = [self._source.randrange(len(items)) for _ in range(count)]
        else:
            at = self._source.sample(range(len(items)), count)
        return items[at[0]] if size is None else items[array(at, int).reshape(as_shape(size))]

    def permutation(self, x):
        """A shuffled copy."""
        items = asarray(range(int(x))) if hasattr(x, "__index__") else asarray(x)
        return items[self._source.sample(range(len(items)), len(items))]

    def shuffle(self, x):
        """Shuffles in place, along the first axis."""
        x[:] = self.permutation(x) if hasattr(x, "shape") else self._source.sample(x, len(x))


_shared = Generator(_random)


def default_rng(seed=None):
    """A generator with its own seed, or the call's."""
    return _shared if seed is None else Generator(_random.Random(int(seed)))


class RandomState(Generator):
    """The older name of a generator."""

    def __init__(self, seed=None):
        super().__init__(_random if seed is None else _random.Random(int(seed)))

    def rand(self, *shape):
        """Floats from 0 up to, without, 1."""
        return self.random(shape or None)

    def randn(self, *shape):
        """Floats around 0 with deviation 1."""
        return self.normal(size=shape or None)

    def randint(self, low, high=None, size=None, dtype=int):
        """Whole numbers from `low` up to, without, `high`."""
        return self.integers(low, high, size, dtype)

    random_sample = Generator.random


_legacy = RandomState()
seed = _random.seed
random, random_sample, rand, randn = _legacy.random, _legacy.random, _legacy.rand, _legacy.randn
uniform, normal, standard_normal = _legacy.uniform, _legacy.normal, _legacy.standard_normal
randint, choice, permutation, shuffle = _legacy.randint, _legacy.choice, _legacy.permutation, _legacy.shuffle


def __getattr__(name):
    from . import missing

    raise missing("numpy.random", name)
