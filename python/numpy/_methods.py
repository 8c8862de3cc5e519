"""The functions that are methods of an array too."""

from . import _build, _reduce
from ._core import ndarray


def _sort(self, axis=-1, kind=None, stable=None):
    """Sorts in place."""
    self[...] = _build.sort(self, axis)


def _getattr(self, name):
    if name.startswith("__"):
        raise AttributeError(f"'numpy.ndarray' object has no attribute '{name}'")
    raise AttributeError(
        f"arrays have no `{name}` on this network; the page on numpy and Pillow in the book lists what they have"
    )


def _install():
    for name in "sum prod mean var std max min argmax argmin all any cumsum cumprod dot trace".split():
        setattr(ndarray, name, getattr(_reduce, name))
    for name in "argsort clip nonzero repeat round searchsorted take".split():
        setattr(ndarray, name, getattr(_build, name))
    ndarray.sort = _sort
    ndarray.__getattr__ = _getattr


_install()
