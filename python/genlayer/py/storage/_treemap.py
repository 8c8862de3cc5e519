"""`TreeMap`: a sorted map in storage, an AVL tree.

Inline: root u32, then the node array (length inline, items in its child slot), then the array of
free places. A node is key, value, left u32, right u32, balance i8; node numbers start at 1, 0 is
nil, and a free place is a number less 1. The balance is the height on the right less the height on the left.

# Invariants
- The node walks a map in the chain's storage whose keys it can compare as bytes; all others, and
  keys that such a map can not hold, are walked here (`_avl`). Both leave the same bytes.
- A value that can not be stored leaves the map as it was.
"""

import collections.abc
import typing

from ... import _host
from . import _avl as avl
from ._containers import View, ViewKind, is_bound, same_place
from ._kinds import TRUTH, VIEW, kind_of, register_generic, wrong_arguments
from ._slots import MemSlot

_ABSENT = object()
#: Bits of the node's scan mode.
_AFTER, _DESCENDING = 1, 2
#: Most nodes that iteration reads ahead.
_AHEAD = 256


class _Part(typing.NamedTuple):
    """The keys from `low` (itself left out if `above`) to below `high`, and which way."""

    low: object = None
    above: bool = False
    high: object = None
    descending: bool = False
    limit: int | None = None

    def start(self):
        """(key to start at or None, whether it is left out)."""
        if self.descending:
            return self.high, True
        return self.low, self.above

    def ends(self, key):
        """Whether `key` is behind the last one."""
        if not self.descending:
            return self.high is not None and not key < self.high
        if self.low is None:
            return False
        return key < self.low or (self.above and not self.low < key)


_ALL = _Part()


def _part(start, stop, after, prefix, reverse, limit):
    """The part that the arguments of `keys`, `values` and `items` name."""
    if start is stop is after is prefix is limit is None:
        return _Part(descending=True) if reverse else _ALL
    if limit is not None and limit < 0:
        raise ValueError(f"limit is {limit}, it can not be negative")
    low, above, high = start, False, stop
    if prefix is not None:
        low = prefix if low is None or low < prefix else low
        end = _behind(prefix)
        high = end if high is None or (end is not None and end < high) else high
    if after is not None and reverse:
        high = after if high is None or after < high else high
    elif after is not None and (low is None or not after < low):
        low, above = after, True
    return _Part(low, above, high, reverse, limit)


def _behind(prefix):
    """The smallest text or bytes greater than all that start with `prefix`; None if there is none."""
    if not isinstance(prefix, (str, bytes)):
        raise TypeError(f"a prefix is str or bytes, not {type(prefix).__name__}")
    if isinstance(prefix, bytes):
        cut = prefix.rstrip(b"\xff")
        return cut[:-1] + bytes([cut[-1] + 1]) if cut else None
    cut = prefix.rstrip("\U0010ffff")
    if not cut:
        return None
    point = ord(cut[-1]) + 1
    return cut[:-1] + chr(0xE000 if point == 0xD800 else point)


class _Whole:
    """What the three views share. They are sets only as a whole."""

    __slots__ = ()

    def __len__(self):
        if self._part is _ALL:
            return len(self._mapping)
        return sum(1 for _ in self._mapping._walk(self._part, False))

    def __reversed__(self):
        if self._part.limit is not None:
            return reversed(list(self))
        return iter(type(self)(self._mapping, self._part._replace(descending=not self._part.descending)))

    def __contains__(self, item):
        if self._part is _ALL:
            return super().__contains__(item)
        return any(item == other for other in self)

    def __repr__(self):
        return f"{type(self).__name__[1:].lower()}({list(self)!r})"


class _Keys(_Whole, collections.abc.KeysView):
    __slots__ = ("_part",)

    def __init__(self, mapping, part):
        super().__init__(mapping)
        self._part = part

    def __iter__(self):
        for _, key, _ in self._mapping._walk(self._part, False):
            yield key


class _Items(_Whole, collections.abc.ItemsView):
    __slots__ = ("_part",)

    def __init__(self, mapping, part):
        super().__init__(mapping)
        self._part = part

    def __iter__(self):
        tree = self._mapping
        for node, key, data in tree._walk(self._part, True):
            yield key, tree._value(node, data)


class _Values(_Whole, collections.abc.ValuesView):
    __slots__ = ("_part",)

    def __init__(self, mapping, part):
        super().__init__(mapping)
        self._part = part

    def __iter__(self):
        tree = self._mapping
        for node, _, data in tree._walk(self._part, True):
            yield tree._value(node, data)


class TreeMap(View, collections.abc.MutableMapping):
    """A map in storage, iterated in ascending order of keys."""

    __slots__ = ("_initial",)
    __hash__ = None

    def __init__(self, items=(), /, **named):
        self._initial = dict(items, **named)

    def _nodes(self):
        return self._storage_slot.indirect(self._off + avl.NODES_AT)

    def _packed(self, key):
        """Bytes of the key if the node can look for it in this map, else None."""
        kind = self._kind
        order = kind.order
        if order is None or not self._storage_slot.on_chain:
            return None
        if order == TRUTH and type(key) is not bool:
            return None
        try:
            return kind.key.pack(key)
        except (TypeError, OverflowError, UnicodeError):
            return None

    def _ask(self, name, *args):
        kind = self._kind
        return _host.storage_call(
            name, self._storage_slot.id, self._off, kind.order, kind.value.size, *args
        )

    def _tell(self, name, *args):
        """The same for what changes the map: nothing that was read before holds any more."""
        slot, off = self._storage_slot, self._off
        slot.changed()
        slot.child_changed(off + avl.NODES_AT)
        slot.child_changed(off + avl.FREE_AT)
        return self._ask(name, *args)

    def _value_at(self, node):
        kind = self._kind
        return (node - 1) * kind.stride + kind.key.size

    def _value(self, node, data):
        """Value of a node; `data` are its bytes if they were read with the node."""
        value = self._kind.value
        if data is not None and value.form != VIEW:
            return value.unpack(data)
        return value.get(self._nodes(), self._value_at(node))

    def __len__(self):
        _, count, free = avl.HEAD.unpack(self._storage_slot.read(self._off, 12))
        return count - free

    def __contains__(self, key):
        packed = self._packed(key)
        return (avl.find(self, key) if packed is None else self._ask("map_find", packed)) != 0

    def _lookup(self, key):
        """The value or view, or `_ABSENT`."""
        packed, value = self._packed(key), self._kind.value
        if packed is None:
            node = avl.find(self, key)
        elif value.form != VIEW:
            data = self._ask("map_get", packed, value.form)
            return _ABSENT if data is None else value.unpack(data)
        else:
            node = self._ask("map_find", packed)
        if not node:
            return _ABSENT
        return value.get(self._nodes(), self._value_at(node))

    def __getitem__(self, key):
        value = self._lookup(key)
        if value is _ABSENT:
            raise KeyError(key)
        return value

    def get(self, key, default=None):
        """The value or view, or `default`."""
        value = self._lookup(key)
        return default if value is _ABSENT else value

    def __setitem__(self, key, value):
        packed, kind = self._packed(key), self._kind.value
        if packed is None:
            nodes, node, path = avl.descend(self, key)
            if node:
                kind.set(nodes, self._value_at(node), value)
            else:
                avl.add(self, nodes, path, key, lambda slot, at: kind.set(slot, at, value))
        elif kind.form != VIEW:
            self._tell("map_put", packed, kind.form, kind.pack(value))
        else:
            self._set_view(packed, value)

    def _set_view(self, packed, value):
        kind, nodes = self._kind.value, self._nodes()
        node = self._ask("map_find", packed)
        if node:
            kind.set(nodes, self._value_at(node), value)
            return
        # What can not be stored fails here, before the map changes.
        staged = MemSlot()
        kind.set(staged, 0, value)
        node = self._tell("map_insert", packed)
        kind.copy(staged, 0, nodes, self._value_at(node))

    def get_or_insert_default(self, key):
        """The value of `key`, which is zero-initialised if it was absent."""
        packed, kind = self._packed(key), self._kind.value
        if packed is not None:
            node = self._tell("map_insert", packed)
            return kind.get(self._nodes(), self._value_at(node))
        nodes, node, path = avl.descend(self, key)
        if not node:
            node = avl.add(self, nodes, path, key, lambda slot, at: slot.write(at, bytes(kind.size)))
        return kind.get(nodes, self._value_at(node))

    def setdefault(self, key, default=None):
        """The value of `key`; if it is absent it becomes `default`."""
        return self.compute_if_absent(key, lambda: default)

    def compute_if_absent(self, key, supplier):
        """The value of `key`; if it is absent it becomes `supplier()`."""
        value = self._lookup(key)
        if value is _ABSENT:
            self[key] = supplier()
            value = self[key]
        return value

    def assign(self, mapping):
        """Replaces the content; returns self."""
        self._kind.set(self._storage_slot, self._off, mapping)
        return self

    def __delitem__(self, key):
        packed = self._packed(key)
        removed = avl.remove(self, key) if packed is None else self._tell("map_remove", packed)
        if not removed:
            raise KeyError(key)

    def pop(self, key, *default):
        """Removes a key and returns its value."""
        value = self._lookup(key)
        if value is _ABSENT:
            if default:
                return default[0]
            raise KeyError(key)
        if self._kind.value.form == VIEW:
            value = value.__deepcopy__({})
        del self[key]
        return value

    def popitem(self):
        """Removes the first key and returns it with its value."""
        for key in self.keys(limit=1):
            return key, self.pop(key)
        raise KeyError("the map is empty")

    def clear(self):
        """Removes all."""
        self._storage_slot.write(self._off, bytes(12))

    def _walk(self, part, want):
        """(node, key, bytes of the value or None) of a part; bytes only if they are wanted."""
        limit = part.limit
        if limit == 0:
            return
        start, after = part.start()
        packed = None if start is None else self._packed(start)
        if self._kind.order is None or not self._storage_slot.on_chain or (
            packed is None and start is not None
        ):
            walk = ((node, key, None) for node, key in avl.walk(self, start, after, part.descending))
        else:
            walk = self._scan(packed, after, part, want)
        for count, entry in enumerate(walk, 1):
            if part.ends(entry[1]):
                return
            yield entry
            if count == limit:
                return

    def _scan(self, start, after, part, want):
        """The walk of the node; looks again, from the last key on, when the map was changed."""
        kind, slot, nodes = self._kind, self._storage_slot, self._nodes()
        form = kind.value.form if want else VIEW
        ahead = min(8, part.limit or 8)
        while True:
            mode = _AFTER * after + _DESCENDING * part.descending
            seen = slot.version, nodes.version
            entries, more = self._ask("map_scan", start, kind.key.size, mode, form, ahead)
            ahead = min(2 * ahead, _AHEAD)
            for node, start, data in entries:
                yield node, kind.key.unpack(start), data
                after = True
                if seen != (slot.version, nodes.version):
                    ahead = 1
                    break
            else:
                if not more:
                    return

    def __iter__(self):
        return iter(self.keys())

    def __reversed__(self):
        return iter(self.keys(reverse=True))

    def keys(self, *, start=None, stop=None, after=None, prefix=None, reverse=False, limit=None):
        """Keys in order; the arguments are those of `items`."""
        return _Keys(self, _part(start, stop, after, prefix, reverse, limit))

    def values(self, *, start=None, stop=None, after=None, prefix=None, reverse=False, limit=None):
        """Values in order of keys; the arguments are those of `items`."""
        return _Values(self, _part(start, stop, after, prefix, reverse, limit))

    def items(self, *, start=None, stop=None, after=None, prefix=None, reverse=False, limit=None):
        """Pairs in order of keys, all or a part of them.

        `start` is the first key and `stop` the first one left out; `prefix` takes keys that start
        with a text; `reverse` turns the order; `after` goes on behind a key (the last one of the
        page before); `limit` is the most pairs.
        """
        return _Items(self, _part(start, stop, after, prefix, reverse, limit))

    def first(self, default=_ABSENT):
        """The pair of the smallest key; `default`, or `KeyError`, when the map is empty."""
        return self._end(False, default)

    def last(self, default=_ABSENT):
        """The pair of the greatest key; `default`, or `KeyError`, when the map is empty."""
        return self._end(True, default)

    def _end(self, reverse, default):
        for pair in self.items(reverse=reverse, limit=1):
            return pair
        if default is _ABSENT:
            raise KeyError("the map is empty")
        return default

    def __repr__(self):
        return "{" + ",".join(f"{key!r}:{value!r}" for key, value in self.items()) + "}"

    def __eq__(self, other):
        if not isinstance(other, collections.abc.Mapping):
            return NotImplemented
        return len(self) == len(other) and dict(self.items()) == dict(other.items())


class TreeMapKind(ViewKind):
    """Twelve inline bytes: root, number of nodes, number of free nodes."""

    __slots__ = ("key", "value", "links", "stride", "order")
    cls = TreeMap

    def __init__(self, annotation, key, value):
        super().__init__(annotation, 12)
        self.key = key
        self.value = value
        self.links = key.size + value.size
        self.stride = self.links + 9
        # The node's functions know slots, which end at 2**32.
        self.order = key.order if self.stride < 1 << 32 else None

    def set(self, slot, offset, value):
        if isinstance(value, TreeMap):
            if is_bound(value):
                self._set_map(slot, offset, value)
                return
            value = value._initial
        if not isinstance(value, collections.abc.Mapping):
            raise AssertionError(
                f"Is right the same storage type? `TreeMap` <- `{type(value).__name__}`: "
                f"a `{self}` field takes a map of that type, or a dict"
            )
        tree = self.get(slot, offset)
        tree.clear()
        tree.update(value)

    def _set_map(self, slot, offset, value):
        if value._kind is not self:
            raise AssertionError(f"Is right the same storage type? `{self}` <- `{value._kind}`")
        if not same_place(value, slot, offset):
            self.copy(value._storage_slot, value._off, slot, offset)

    def copy(self, source, source_offset, target, offset):
        head = source.read(source_offset, 12)
        _, count, free = avl.HEAD.unpack(head)
        if count:
            self._copy_nodes(
                count, source.indirect(source_offset + avl.NODES_AT), target.indirect(offset + avl.NODES_AT)
            )
        if free:
            numbers = source.indirect(source_offset + avl.FREE_AT).read(0, free * 4)
            target.indirect(offset + avl.FREE_AT).write(0, numbers)
        target.write(offset, head)

    def _copy_nodes(self, count, source, target):
        target.memo.clear()
        target.version += 1
        if self.key.plain and self.value.plain:
            target.write(0, source.read(0, count * self.stride))
            return
        for at in range(0, count * self.stride, self.stride):
            self.key.copy(source, at, target, at)
            self.value.copy(source, at + self.key.size, target, at + self.key.size)
            target.write(at + self.links, source.read(at + self.links, 9))


def _make(annotation, args):
    if len(args) != 2:
        raise wrong_arguments(annotation, f"has {len(args)}, not a key's type and a value's")
    return TreeMapKind(annotation, kind_of(args[0]), kind_of(args[1]))


register_generic(TreeMap, _make)
