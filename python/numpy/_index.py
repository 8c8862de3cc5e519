"""Indexing: views for numbers and slices, copies for arrays of positions or truth values.

# Invariants
- Reading and writing share one way from a key to positions in the buffer.
"""

from array import array as _buffer
from itertools import product
from math import prod

from . import _core as core
from . import _dtypes as dt

_PLAIN = (bool, int, float)


class Indexing:
    """What `a[key]` and `a[key] = value` do."""

    __slots__ = ()

    def __getitem__(self, key):
        if type(key) is int and len(self.shape) == 1:
            size = self.shape[0]
            if not -size <= key < size:
                raise IndexError(f"index {key} is out of bounds for axis 0 with size {size}")
            return self.dtype.box(self._buf[self._off + (key % size) * self.strides_[0]])
        key = _normal(key, self.shape)
        if _is_basic(key):
            view = self._view(key)
            return view if view.shape or Ellipsis in key else self.dtype.box(view._buf[view._off])
        shape, spots = self._pick(key)
        return core.make(_buffer(self.dtype.code, map(self._buf.__getitem__, spots)), shape, self.dtype)

    def __setitem__(self, key, value):
        key = _normal(key, self.shape)
        if _is_basic(key):
            view = self._view(key)
            shape, spots = view.shape, view.positions()
        else:
            shape, spots = self._pick(key)
        one, buf = self.dtype, self._buf
        if type(value) in _PLAIN:
            value = one.fit(value) if one.kind != "i" and one.kind != "u" else whole(one, value)
            for spot in spots:
                buf[spot] = value
            return
        value = core.asarray(value)
        while value.ndim > len(shape) and value.shape[0] == 1:
            value = value[0]
        try:
            source = core.broadcast_to(value, shape).elements()
        except ValueError:
            raise ValueError(
                f"could not broadcast input array from shape {value.shape} into shape {shape}"
            ) from None
        if value.dtype is not one:
            source = map(one.cast, source)
        elif source is buf:
            source = list(source)
        for spot, item in zip(spots, source):
            buf[spot] = item

    def _view(self, key):
        offset, shape, strides, axis = self._off, [], [], 0
        for part in key:
            if part is None:
                shape.append(1)
                strides.append(0)
                continue
            if part is Ellipsis:
                continue
            size, step = self.shape[axis], self.strides_[axis]
            if isinstance(part, slice):
                start, stop, by = part.indices(size)
                count = len(range(start, stop, by))
                offset += start * step if count else 0
                shape.append(count)
                strides.append(step * by)
            else:
                offset += _checked(part, size, axis) * step
            axis += 1
        return core.make(self._buf, tuple(shape), self.dtype, offset, tuple(strides))

    def _pick(self, key):
        """Shape and positions of an index with arrays in it."""
        lists, places, axis, parts = [], [], 0, []
        for part in key:
            if part is None or part is Ellipsis:
                if part is None:
                    parts.append(("new", 1, (0,)))
                continue
            if isinstance(part, slice):
                start, stop, by = part.indices(self.shape[axis])
                step = self.strides_[axis]
                parts.append(("slice", 0, [at * step for at in range(start, stop, by)]))
                axis += 1
                continue
            for one in _index_arrays(part, self.shape[axis : axis + max(1, getattr(part, "ndim", 1))]):
                size, step = self.shape[axis], self.strides_[axis]
                moves = [_checked(at, size, axis) * step for at in one.elements()]
                places.append(len(parts))
                lists.append((one.shape, moves))
                axis += 1
        shape = core.broadcast_shapes(*(one for one, _ in lists))
        columns = [_stretch(one, moves, shape) for one, moves in lists]
        picked = columns[0] if len(columns) == 1 else list(map(sum, zip(*columns)))
        if not parts:
            return shape, [self._off + move for move in picked]
        at = places[0] if len(set(places)) == 1 else 0
        sizes = [1 if kind == "new" else len(moves) for kind, _, moves in parts]
        result = (*sizes[:at], *shape, *sizes[at:])
        groups = [moves for _, _, moves in parts[:at]] + [picked] + [moves for _, _, moves in parts[at:]]
        return result, [self._off + sum(moves) for moves in product(*groups)]


def whole(one, value):
    return one.fit(value) if type(value) is not float else one.cast(_finite(value))


def _finite(value):
    if value - value != 0.0:
        raise ValueError(f"cannot convert float {value} to integer")
    return value


def _checked(index, size, axis):
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {size}")
    return index + size if index < 0 else index


def _normal(key, shape):
    """The key as a tuple that covers every axis, its lists made arrays."""
    parts = key if type(key) is tuple else (key,)
    done, used, dots = [], 0, -1
    for part in parts:
        if part is Ellipsis:
            if dots >= 0:
                raise IndexError("an index can only have a single ellipsis ('...')")
            dots = len(done)
        elif part is not None and not isinstance(part, slice):
            part = _part(part)
            used += part.ndim if isinstance(part, core.ndarray) and part.dtype is dt.BOOL else 1
        elif part is not None:
            used += 1
        done.append(part)
    missing = len(shape) - used
    if missing < 0:
        raise IndexError(
            f"too many indices for array: array is {len(shape)}-dimensional, but {used} were indexed"
        )
    at = len(done) if dots < 0 else dots + 1
    return tuple(done[:at]) + (slice(None),) * missing + tuple(done[at:])


def _part(part):
    if isinstance(part, (bool, dt.bool_)):
        return core.asarray(bool(part))
    if hasattr(part, "__index__") and not (isinstance(part, core.ndarray) and part.shape):
        return part.__index__()
    if isinstance(part, (list, tuple, range, core.ndarray)):
        made = core.asarray(part)
        if made.size == 0 and not isinstance(part, core.ndarray):
            made = made.astype(dt.INT64)
        if made.dtype.kind != "f":
            return made
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or "
        "boolean arrays are valid indices"
    )


def _is_basic(key):
    return not any(isinstance(part, core.ndarray) for part in key)


def _index_arrays(part, sizes):
    """An index part as arrays of positions, one per axis it covers."""
    if not isinstance(part, core.ndarray):
        return (core.asarray(part),)
    if part.dtype is not dt.BOOL:
        return (part,)
    if part.shape != tuple(sizes):
        raise IndexError(
            f"boolean index did not match indexed array: its shape is {part.shape}, not {tuple(sizes)}"
        )
    return nonzero(part)


def nonzero(array):
    """Positions of the true elements, one array per axis."""
    spots = [at for at, value in enumerate(array.elements()) if value]
    result, step = [], prod(array.shape)
    for size in array.shape:
        step = step // size if size else 0
        result.append(core.from_flat([at // step % size for at in spots], dt.INT64))
    return tuple(result)


def _stretch(shape, values, target):
    if shape == target:
        return values
    steps = core.broadcast_strides(shape, core.default_strides(shape), target)
    spots = core.make(values, target, None, 0, steps).positions()
    return [values[spot] for spot in spots]
