"""`VecDB`: vectors with values in storage, found by nearness.

Inline are, in this order: the vectors (`DynArray`), the values (`DynArray`), the free numbers
(`TreeMap`), and with a fourth type the head of the reference's tree, which stays empty: `_nodes`,
`_free_nodes`, `_root_idx`, `_base`, `_max_level`, then the distance and `_initialized`.

# Invariants
- The search is exact: it finds what looking at every vector finds, in order of distance, equal ones
  in order of number.
- On chain the node searches, with a sketch of each vector in a slot that no type can own (the child
  of a byte inside of a number). A vector without a sketch is looked at, so a lost one is never wrong.
- The smallest free number is used first.
"""

import math
import struct
import typing

import numpy

from genlayer.gl._internal.gl_call import request
from genlayer.py.storage import DynArray, TreeMap
from genlayer.py.storage._containers import View, ViewKind, is_bound, same_place
from genlayer.py.storage._kinds import describe, kind_of, register_generic
from genlayer.py.types import u32

from ._distance import CosineDistance, numbers, rounded

Id = typing.NewType("Id", int)

_VALUES_AT, _FREE_AT, _NODES_AT, _FREE_NODES_AT, _ROOT_AT = 4, 8, 20, 24, 36
_PLAIN_SIZE = 20
#: `_root_idx`, `_base` and `_max_level` of an empty tree.
_EMPTY_TREE = struct.pack("<IdI", 0xFFFFFFFF, 1.3, 0)
_DISTANCE_AT = _ROOT_AT + len(_EMPTY_TREE)
#: Bytes inside of the map's first number: their child slots belong to no type.
_SKETCHES_AT = {"squared": 9, "euclidean": 10, "cosine": 11}
#: The head of a sketch that says its vector is gone.
_GONE = struct.pack("<ff", 0.0, -1.0)
_FOUND = struct.Struct("<Id")


class VecDBElement:
    """One vector and its value."""

    __slots__ = ("_db", "_idx", "distance")

    def __init__(self, db, idx, distance=None):
        self._db = db
        self._idx = idx
        #: From what was looked for; None when nothing was.
        self.distance = distance

    @property
    def id(self):
        """The number it is known by."""
        return Id(self._idx)

    @property
    def key(self):
        """The vector."""
        return self._db._keys[self._idx]

    @property
    def value(self):
        """The value."""
        return self._db._values[self._idx]

    @value.setter
    def value(self, value):
        self._db._values[self._idx] = value

    def remove(self):
        """Takes it out of the database; its number will be used again."""
        self._db._remove(self._idx)

    def __repr__(self):
        return (
            f"VecDB.Element(id={self.id!r}, key={self.key!r}, value={self.value!r}, "
            f"distance={self.distance})"
        )


class VecDB(View):
    """`VecDB[np.float32, Literal[384], V]` by cosine, or with a distance as the fourth type."""

    __slots__ = ()
    _initial = ()
    __hash__ = None

    Id = Id
    Element = VecDBElement

    @property
    def _keys(self):
        return self._kind.keys.get(self._storage_slot, self._off)

    @property
    def _values(self):
        return self._kind.values.get(self._storage_slot, self._off + _VALUES_AT)

    @property
    def _free_idx(self):
        return self._kind.free.get(self._storage_slot, self._off + _FREE_AT)

    def __len__(self):
        return len(self._keys) - len(self._free_idx)

    def insert(self, key, val):
        """Adds a vector with its value; returns its number."""
        kind, keys, values, free = self._kind, self._keys, self._values, self._free_idx
        # Refuses a wrong vector before anything is written.
        kind.key.pack(key)
        kind.start(self._storage_slot, self._off)
        if len(free):
            idx = int(next(iter(free)))
            values[idx] = val
            keys[idx] = key
            del free[idx]
        else:
            idx = len(keys)
            values.append(val)
            keys.append(key)
        kind.sketch(self._storage_slot, self._off, idx)
        return Id(idx)

    def _remove(self, idx):
        kind, slot = self._kind, self._storage_slot
        self._free_idx[idx] = None
        if kind.searched(slot):
            kind.sketches(slot, self._off).write(idx * kind.stride, _GONE)

    def _there(self, idx):
        return 0 <= idx < len(self._keys) and idx not in self._free_idx

    def get_by_id_or_none(self, id):
        """The element of this number, or None."""
        return VecDBElement(self, int(id)) if self._there(id) else None

    def get_by_id(self, id):
        """The element of this number."""
        element = self.get_by_id_or_none(id)
        if element is None:
            raise KeyError(f"no element with id {id}")
        return element

    def __iter__(self):
        for idx in range(len(self._keys)):
            if self._there(idx):
                yield VecDBElement(self, idx)

    def knn(self, v, k):
        """The `k` nearest elements, the nearest first."""
        query = self._kind.key.pack(v)
        k = min(int(k), len(self))
        if k <= 0:
            return
        if self._kind.searched(self._storage_slot):
            found = self._ask(query, k)
        else:
            found = self._look(query, k)
        for distance, idx in found:
            yield VecDBElement(self, idx, distance)

    def _ask(self, query, k):
        """The node's search."""
        kind = self._kind
        answer = request(
            "VenireVectors",
            kind.place(self._storage_slot, self._off) | {"query": query, "count": len(self._keys), "k": k},
        )
        for idx, distance in _FOUND.iter_unpack(answer):
            yield numpy.float32(distance), idx

    def _look(self, query, k):
        """Looks at every vector."""
        kind, keys = self._kind, self._keys
        query = kind.key.unpack(query)
        exact = getattr(kind.distance, "of", None)
        if exact is None:
            measure = kind.measure(self._storage_slot, self._off)
        else:
            wanted = numbers(query)
            measure = lambda key, _: exact(numbers(key), wanted)  # noqa: E731
        found = []
        for idx in range(len(keys)):
            if self._there(idx):
                distance = measure(keys[idx], query)
                if math.isfinite(distance):
                    found.append((distance, idx))
        found.sort()
        for distance, idx in found[:k]:
            yield (distance if exact is None else rounded(distance, query)), idx

    def __repr__(self):
        return "[" + ",".join(map(repr, self)) + "]"


class VecDBKind(ViewKind):
    """Twenty inline bytes, or the whole head with a distance."""

    __slots__ = ("key", "keys", "values", "free", "distance", "held", "stride")
    cls = VecDB

    def __init__(self, annotation, element, width, value, distance=None):
        vector = numpy.ndarray[tuple[width], numpy.dtype[element]]
        #: The distance in storage, with a fourth type.
        self.held = None if distance is None else kind_of(distance)
        super().__init__(
            annotation, _PLAIN_SIZE if self.held is None else _DISTANCE_AT + self.held.size + 1
        )
        self.key = kind_of(vector)
        self.keys = kind_of(DynArray[vector])
        self.values = kind_of(DynArray[value])
        self.free = kind_of(TreeMap[u32, None])
        self.distance = CosineDistance if distance is None else distance
        #: Bytes of a sketch: eight and four bits for each element, in whole pages.
        self.stride = -(-(8 + -(-self.key.size // 8)) // 32) * 32

    def measure(self, slot, offset):
        """The distance as a function."""
        return CosineDistance() if self.held is None else self.held.get(slot, offset + _DISTANCE_AT)

    def searched(self, slot):
        """Whether the node can search."""
        return (
            slot.on_chain
            and self.key.dtype.name == "float32"
            and getattr(self.distance, "metric", None) in _SKETCHES_AT
        )

    def sketches(self, slot, offset):
        """The slot of the sketches."""
        return slot.indirect(offset + _SKETCHES_AT[self.distance.metric])

    def place(self, slot, offset):
        """What the node has to know to find the vectors."""
        return {
            "keys": slot.indirect(offset).id,
            "index": self.sketches(slot, offset).id,
            "width": self.key.size // 4,
            "metric": self.distance.metric,
        }

    def sketch(self, slot, offset, idx):
        """Has the node sketch one vector."""
        if self.searched(slot):
            request("VenireVectors", self.place(slot, offset) | {"id": idx})

    def start(self, slot, offset):
        """Writes the head of an empty tree, once."""
        if self.held is not None and slot.read(offset + self.size - 1, 1) == b"\0":
            slot.write(offset + _ROOT_AT, _EMPTY_TREE)
            slot.write(offset + self.size - 1, b"\1")

    def set(self, slot, offset, value):
        if not isinstance(value, VecDB):
            raise AssertionError(
                f"Is right the same storage type? `{self}` <- `{type(value).__name__}`"
            )
        if not is_bound(value):
            self._clear(slot, offset)
        elif value._kind is not self:
            raise AssertionError(f"Is right the same storage type? `{self}` <- `{value._kind}`")
        elif not same_place(value, slot, offset):
            self.copy(value._storage_slot, value._off, slot, offset)

    def _clear(self, slot, offset):
        slot.write(offset, bytes(_FREE_AT))
        self.free.get(slot, offset + _FREE_AT).clear()

    def copy(self, source, source_offset, target, offset):
        for kind, at in ((self.keys, 0), (self.values, _VALUES_AT), (self.free, _FREE_AT)):
            kind.copy(source, source_offset + at, target, offset + at)
        if self.held is not None:
            # The tree is empty wherever it is.
            target.write(offset + _NODES_AT, bytes(_ROOT_AT - _NODES_AT))
            target.write(offset + _ROOT_AT, source.read(source_offset + _ROOT_AT, len(_EMPTY_TREE)))
            self.held.copy(source, source_offset + _DISTANCE_AT, target, offset + _DISTANCE_AT)
            target.write(offset + self.size - 1, source.read(source_offset + self.size - 1, 1))
        self._copy_sketches(source, source_offset, target, offset)

    def _copy_sketches(self, source, source_offset, target, offset):
        count = len(self.keys.get(target, offset))
        if not count or not self.searched(target):
            return
        made = self.get(target, offset)
        for idx in range(count):
            if made._there(idx):
                self.sketch(target, offset, idx)
            else:
                self.sketches(target, offset).write(idx * self.stride, _GONE)


def _make(annotation, args):
    if len(args) not in (3, 4):
        raise TypeError(
            f"incorrect number of generic arguments: `{describe(annotation)}`; write "
            "`VecDB[np.float32, typing.Literal[384], V]`, or with a distance as the fourth type"
        )
    element, width, *rest = args
    if isinstance(width, int):
        width = typing.Literal[width]
    return VecDBKind(annotation, element, width, *rest)


register_generic(VecDB, _make)
