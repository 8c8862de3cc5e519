"""Names for annotations."""

import typing as _typing

from ._core import ndarray as _ndarray
from ._dtypes import dtype as _dtype, generic as _generic

_Element = _typing.TypeVar("_Element", bound=_generic)
NDArray = _ndarray[tuple[_typing.Any, ...], _dtype[_Element]]
ArrayLike = _typing.Any
DTypeLike = _typing.Any
