"""Kinds of numpy scalars and of arrays with a fixed shape.

# Invariants
- Elements are little-endian, in C order, without padding: the bytes numpy itself has in memory.
- Any numpy will do: only its published interface is used.
"""

import math
import typing

import numpy

from ._kinds import PlainKind

_SCALARS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split()


class ScalarKind(PlainKind):
    """One element."""

    __slots__ = ("dtype",)

    def __init__(self, annotation, dtype):
        super().__init__(annotation, dtype.itemsize)
        self.dtype = dtype

    def unpack(self, data):
        return numpy.frombuffer(data, dtype=self.dtype)[0]

    def pack(self, value):
        made = numpy.asarray(value, dtype=self.dtype)
        if made.shape != ():
            raise TypeError(f"expected one {self.dtype}, got an array of shape {made.shape}")
        return made.tobytes()


class ArrayKind(PlainKind):
    """Elements of one type in a fixed shape. Reading gives a copy."""

    __slots__ = ("dtype", "shape")

    def __init__(self, annotation, dtype, shape):
        super().__init__(annotation, dtype.itemsize * math.prod(shape))
        self.dtype = dtype
        self.shape = shape

    def unpack(self, data):
        return numpy.frombuffer(data, dtype=self.dtype).reshape(self.shape).copy()

    def pack(self, value):
        made = numpy.asarray(value, dtype=self.dtype)
        if made.shape != self.shape:
            raise TypeError(f"expected an array of shape {self.shape}, got {made.shape}")
        return made.tobytes()


def _element(annotation):
    """Element type of `dtype[float32]`, `Float32DType` or `float32`."""
    inner = typing.get_args(annotation)
    try:
        dtype = numpy.dtype(inner[0]) if inner else numpy.dtype(annotation)
    except TypeError:
        dtype = annotation()
    if dtype.name not in _SCALARS:
        raise TypeError(f"`{dtype.name}` can not be stored: use one of {', '.join(_SCALARS)}")
    return dtype


def _length(size):
    numbers = typing.get_args(size)
    if typing.get_origin(size) is not typing.Literal or len(numbers) != 1 or numbers[0] < 0:
        raise TypeError(
            "a stored array needs its lengths: `np.ndarray[tuple[typing.Literal[384]], np.dtype[np.float32]]`"
        )
    return numbers[0]


def kind(annotation, origin):
    """The kind of an annotation that belongs to numpy; None if there is none."""
    if isinstance(annotation, type) and origin is None and issubclass(annotation, numpy.generic):
        return ScalarKind(annotation, _element(annotation))
    if annotation is numpy.ndarray:
        _length(annotation)
    if origin is numpy.ndarray:
        shape, element = typing.get_args(annotation)
        return ArrayKind(annotation, _element(element), tuple(map(_length, typing.get_args(shape))))
    return None
