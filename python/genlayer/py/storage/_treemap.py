"""`TreeMap`: a sorted map in storage, an AVL tree.

Inline: root u32, then the node array (length inline, items in its child slot), then the array of
free node numbers. A node is key, value, left u32, right u32, balance i8; node numbers start at 1
and 0 is nil. The balance is the height on the right less the height on the left.

# Invariants
- A removed node is dropped if it is the last one, otherwise its number goes to the free array.
- A new node takes the newest free number, if there is one.
- The memo of a nodes slot mirrors its keys and links: only this file writes them.
"""

import collections.abc
import struct

from ._containers import View, ViewKind, is_bound, same_place
from ._kinds import GENERIC, describe, kind_of

_U32 = struct.Struct("<I")
_HEAD = struct.Struct("<III")
_LINKS = struct.Struct("<IIb")
_NODES_AT = 4
_FREE_AT = 8
#: Places in what is remembered of a node.
_LEFT, _RIGHT, _BALANCE, _KEY = range(4)


class _Items(collections.abc.ItemsView):
    __slots__ = ()

    def __iter__(self):
        tree = self._mapping
        value = tree._kind.value
        for nodes, node, key in tree._walk():
            yield key, value.get(nodes, tree._value_at(node))


class _Values(collections.abc.ValuesView):
    __slots__ = ()

    def __iter__(self):
        tree = self._mapping
        value = tree._kind.value
        for nodes, node, _ in tree._walk():
            yield value.get(nodes, tree._value_at(node))


class TreeMap(View, collections.abc.MutableMapping):
    """A map in storage, iterated in ascending order of keys."""

    __slots__ = ()

    def _nodes(self):
        return self._storage_slot.indirect(self._off + _NODES_AT)

    def _root(self):
        return _U32.unpack(self._storage_slot.read(self._off, 4))[0]

    def _descend(self, key):
        """(nodes slot, number of the key's node or 0, path to it or to where it belongs)."""
        nodes = self._nodes()
        memo, path, node = nodes.memo, [], self._root()
        while node:
            entry = memo.get(node) or self._load(nodes, node)
            here = entry[_KEY]
            if key < here:
                side = _LEFT
            elif here < key:
                side = _RIGHT
            else:
                break
            path.append((node, side))
            node = entry[side]
        return nodes, node, path

    def _find(self, key):
        """(nodes slot, number of the key's node or 0)."""
        nodes = self._nodes()
        memo, node = nodes.memo, self._root()
        while node:
            entry = memo.get(node) or self._load(nodes, node)
            here = entry[_KEY]
            if key < here:
                node = entry[_LEFT]
            elif here < key:
                node = entry[_RIGHT]
            else:
                break
        return nodes, node

    def _load(self, nodes, node):
        """Reads a node into the memo of its slot: [left, right, balance, key]."""
        kind = self._kind
        at = (node - 1) * kind.stride
        entry = [*_LINKS.unpack(nodes.read(at + kind.links, 9)), kind.key.get(nodes, at)]
        nodes.memo[node] = entry
        return entry

    def _value_at(self, node):
        kind = self._kind
        return (node - 1) * kind.stride + kind.key.size

    def __len__(self):
        _, count, free = _HEAD.unpack(self._storage_slot.read(self._off, 12))
        return count - free

    def __contains__(self, key):
        return self._find(key)[1] != 0

    def __getitem__(self, key):
        nodes, node = self._find(key)
        if not node:
            raise KeyError(key)
        return self._kind.value.get(nodes, self._value_at(node))

    def get(self, key, default=None):
        """The value or view, or `default`."""
        nodes, node = self._find(key)
        if not node:
            return default
        return self._kind.value.get(nodes, self._value_at(node))

    def __setitem__(self, key, value):
        kind = self._kind
        nodes, node, path = self._descend(key)
        if node:
            kind.value.set(nodes, self._value_at(node), value)
            return
        # The value is written before the node is linked: a refused value leaves the map as it was.
        node, lengths = self._vacant()
        self._put_key(nodes, node, key)
        kind.value.set(nodes, self._value_at(node), value)
        self._link(nodes, node, path, lengths)

    def get_or_insert_default(self, key):
        """The value of `key`, which is zero-initialised if it was absent."""
        kind = self._kind
        nodes, node, path = self._descend(key)
        if not node:
            node, lengths = self._vacant()
            self._put_key(nodes, node, key)
            if kind.value.size:
                nodes.write(self._value_at(node), bytes(kind.value.size))
            self._link(nodes, node, path, lengths)
        return kind.value.get(nodes, self._value_at(node))

    def _put_key(self, nodes, node, key):
        kind = self._kind
        nodes.memo.pop(node, None)
        kind.key.set(nodes, (node - 1) * kind.stride, key)

    def compute_if_absent(self, key, supplier):
        """The value of `key`; if it is absent it becomes `supplier()`."""
        if key not in self:
            self[key] = supplier()
        return self[key]

    def assign(self, mapping):
        """Replaces the content; returns self."""
        if isinstance(mapping, TreeMap):
            self._kind.set(self._storage_slot, self._off, mapping)
            return self
        self.clear()
        self.update(mapping)
        return self

    def _vacant(self):
        """(number, lengths when it is taken) of a node to use; nothing is taken yet."""
        slot, off = self._storage_slot, self._off
        _, count, free = _HEAD.unpack(slot.read(off, 12))
        if free:
            node = _U32.unpack(slot.indirect(off + _FREE_AT).read((free - 1) * 4, 4))[0]
            return node, (count, free - 1)
        return count + 1, (count + 1, 0)

    def _link(self, nodes, node, path, lengths):
        """Takes the vacant node, hangs it under the end of `path` and rebalances."""
        kind = self._kind
        nodes.write((node - 1) * kind.stride + kind.links, bytes(9))
        root = _Tree(self, nodes).grow(path, node)
        self._storage_slot.write(self._off, _HEAD.pack(root, *lengths))

    def __delitem__(self, key):
        nodes, node, path = self._descend(key)
        if not node:
            raise KeyError(key)
        slot, off = self._storage_slot, self._off
        _, count, free = _HEAD.unpack(slot.read(off, 12))
        root = _Tree(self, nodes).remove(path, node)
        nodes.memo.pop(node, None)
        if node == count:
            count -= 1
        else:
            slot.indirect(off + _FREE_AT).write(free * 4, _U32.pack(node))
            free += 1
        slot.write(off, _HEAD.pack(root, count, free))

    def clear(self):
        """Removes all."""
        self._storage_slot.write(self._off, bytes(12))

    def _walk(self):
        """(nodes slot, node, key) in order of keys."""
        nodes = self._nodes()
        memo, stack, node = nodes.memo, [], self._root()
        while stack or node:
            while node:
                stack.append(node)
                node = (memo.get(node) or self._load(nodes, node))[_LEFT]
            node = stack.pop()
            entry = memo.get(node) or self._load(nodes, node)
            yield nodes, node, entry[_KEY]
            node = (memo.get(node) or self._load(nodes, node))[_RIGHT]

    def __iter__(self):
        for _, _, key in self._walk():
            yield key

    def items(self):
        """Pairs in order of keys."""
        return _Items(self)

    def values(self):
        """Values in order of keys."""
        return _Values(self)

    def __repr__(self):
        return "{" + ",".join(f"{key!r}:{value!r}" for key, value in self.items()) + "}"

    def __eq__(self, other):
        if not isinstance(other, collections.abc.Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __hash__ = None


class _Tree:
    """Links of a tree while it is changed: written at the end where they differ."""

    __slots__ = ("_map", "_nodes", "_before")

    def __init__(self, tree, nodes):
        self._map = tree
        self._nodes = nodes
        self._before = {}

    def links(self, node):
        """[left, right, balance, key] of a node; the links may be changed."""
        entry = self._nodes.memo.get(node) or self._map._load(self._nodes, node)
        if node not in self._before:
            self._before[node] = entry[:_KEY]
        return entry

    def _flush(self):
        kind, nodes = self._map._kind, self._nodes
        try:
            for node, before in self._before.items():
                links = nodes.memo[node][:_KEY]
                if links != before:
                    nodes.write((node - 1) * kind.stride + kind.links, _LINKS.pack(*links))
        except SystemError:
            nodes.memo.clear()
            raise

    def _hang(self, path, depth, root, node):
        """Puts `node` where the path's step `depth` leads; returns the root."""
        if depth == 0:
            return node
        parent, side = path[depth - 1]
        self.links(parent)[side] = node
        return root

    def grow(self, path, node):
        """A new leaf at the end of the path; returns the root."""
        root = self._hang(path, len(path), path[0][0] if path else node, node)
        for depth in range(len(path) - 1, -1, -1):
            parent, side = path[depth]
            links = self.links(parent)
            links[2] += 1 if side else -1
            if links[2] == 0:
                break
            if abs(links[2]) == 2:
                top, _ = self._rotate(parent)
                root = self._hang(path, depth, root, top)
                break
        self._flush()
        return root

    def remove(self, path, node):
        """Unlinks the node at the end of the path; returns the root."""
        root = path[0][0] if path else node
        left, right = self.links(node)[:2]
        place = len(path)
        if left and right:
            # The next greater node takes the removed one's place.
            path.append((node, 1))
            heir = right
            while self.links(heir)[0]:
                path.append((heir, 0))
                heir = self.links(heir)[0]
            orphan = self.links(heir)[1]
            root = self._hang(path, len(path), root, orphan)
            self.links(heir)[:_KEY] = self.links(node)[:_KEY]
            root = self._hang(path, place, root, heir)
            path[place] = (heir, 1)
        else:
            root = self._hang(path, place, root, left or right)
        root = self._shrunk(path, root)
        del self._before[node]
        self._flush()
        return root

    def _shrunk(self, path, root):
        """Rebalances after the subtree at the end of the path became lower."""
        for depth in range(len(path) - 1, -1, -1):
            parent, side = path[depth]
            links = self.links(parent)
            links[2] += -1 if side else 1
            if abs(links[2]) == 1:
                break
            if abs(links[2]) == 2:
                top, lower = self._rotate(parent)
                root = self._hang(path, depth, root, top)
                if not lower:
                    break
        return root

    def _rotate(self, node):
        """Rebalances a node of balance 2 or -2; (new top, whether it became lower)."""
        links = self.links(node)
        heavy = 1 if links[2] > 0 else 0
        sign = 1 if heavy else -1
        light = 1 - heavy
        child = links[heavy]
        below = self.links(child)
        if below[2] == -sign:
            top = below[light]
            tops = self.links(top)
            links[heavy], below[light] = tops[light], tops[heavy]
            tops[light], tops[heavy] = node, child
            links[2] = -sign if tops[2] == sign else 0
            below[2] = sign if tops[2] == -sign else 0
            tops[2] = 0
            return top, True
        links[heavy], below[light] = below[light], node
        if below[2] == 0:
            links[2], below[2] = sign, -sign
            return child, False
        links[2] = below[2] = 0
        return child, True


class TreeMapKind(ViewKind):
    """Twelve inline bytes: root, number of nodes, number of free nodes."""

    __slots__ = ("key", "value", "links", "stride")
    cls = TreeMap

    def __init__(self, annotation, key, value):
        super().__init__(annotation, 12)
        self.key = key
        self.value = value
        self.links = key.size + value.size
        self.stride = self.links + 9

    def set(self, slot, offset, value):
        if isinstance(value, TreeMap):
            if not is_bound(value):
                slot.write(offset, bytes(12))
                return
            if value._kind is self:
                if not same_place(value, slot, offset):
                    self.copy(value._storage_slot, value._off, slot, offset)
                return
            raise AssertionError(f"Is right the same storage type? `{self}` <- `{value._kind}`")
        raise AssertionError(
            f"Is right the same storage type? `TreeMap` <- `{type(value).__name__}`"
        )

    def copy(self, source, source_offset, target, offset):
        head = source.read(source_offset, 12)
        _, count, free = _HEAD.unpack(head)
        if count:
            self._copy_nodes(
                count, source.indirect(source_offset + _NODES_AT), target.indirect(offset + _NODES_AT)
            )
        if free:
            numbers = source.indirect(source_offset + _FREE_AT).read(0, free * 4)
            target.indirect(offset + _FREE_AT).write(0, numbers)
        target.write(offset, head)

    def _copy_nodes(self, count, source, target):
        target.memo.clear()
        if self.key.plain and self.value.plain:
            target.write(0, source.read(0, count * self.stride))
            return
        for at in range(0, count * self.stride, self.stride):
            self.key.copy(source, at, target, at)
            self.value.copy(source, at + self.key.size, target, at + self.key.size)
            target.write(at + self.links, source.read(at + self.links, 9))


def _make(annotation, args):
    if len(args) != 2:
        raise Exception(f"incorrect number of generic arguments: `{describe(annotation)}`")
    return TreeMapKind(annotation, kind_of(args[0]), kind_of(args[1]))


GENERIC[TreeMap] = _make
