"""`TreeMap`: a sorted map in storage, an AVL tree.

Inline: root u32, then the node array (length inline, items in its child slot), then the array of
free node numbers. A node is key, value, left u32, right u32, balance i8; node numbers start at 1
and 0 is nil. The balance is the height on the right less the height on the left.

# Invariants
- A removed node is dropped if it is the last one, otherwise its number goes to the free array.
- A new node takes the newest free number, if there is one; its value bytes are zeroed.
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
#: Places of the children in a node's links.
_SIDE = (0, 4)


class _Items(collections.abc.ItemsView):
    __slots__ = ()

    def __iter__(self):
        tree = self._mapping
        key, value = tree._kind.key, tree._kind.value
        for nodes, at in tree._walk():
            yield key.get(nodes, at), value.get(nodes, at + key.size)


class _Values(collections.abc.ValuesView):
    __slots__ = ()

    def __iter__(self):
        tree = self._mapping
        key, value = tree._kind.key, tree._kind.value
        for nodes, at in tree._walk():
            yield value.get(nodes, at + key.size)


class TreeMap(View, collections.abc.MutableMapping):
    """A map in storage, iterated in ascending order of keys."""

    __slots__ = ()

    def _nodes(self):
        return self._storage_slot.indirect(self._off + _NODES_AT)

    def _root(self):
        return _U32.unpack(self._storage_slot.read(self._off, 4))[0]

    def _find(self, key):
        """(nodes slot, offset of the node) or None."""
        kind = self._kind
        nodes, get, stride, links = self._nodes(), kind.key.get, kind.stride, kind.links
        node = self._root()
        while node:
            at = (node - 1) * stride
            here = get(nodes, at)
            if key < here:
                side = 0
            elif here < key:
                side = 4
            else:
                return nodes, at
            node = _U32.unpack(nodes.read(at + links + side, 4))[0]
        return None

    def __len__(self):
        _, count, free = _HEAD.unpack(self._storage_slot.read(self._off, 12))
        return count - free

    def __contains__(self, key):
        return self._find(key) is not None

    def __getitem__(self, key):
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        nodes, at = found
        kind = self._kind
        return kind.value.get(nodes, at + kind.key.size)

    def get(self, key, default=None):
        """The value or view, or `default`."""
        found = self._find(key)
        if found is None:
            return default
        nodes, at = found
        kind = self._kind
        return kind.value.get(nodes, at + kind.key.size)

    def __setitem__(self, key, value):
        kind = self._kind
        nodes, at, path = self._descend(key)
        if path is None:
            kind.value.set(nodes, at + kind.key.size, value)
            return
        # The value is written before the node is linked: a refused value leaves the map as it was.
        node, nodes, at, head = self._vacant()
        kind.key.set(nodes, at, key)
        kind.value.set(nodes, at + kind.key.size, value)
        self._link(nodes, at, node, path, head)

    def get_or_insert_default(self, key):
        """The value of `key`, which is zero-initialised if it was absent."""
        kind = self._kind
        nodes, at, path = self._descend(key)
        if path is not None:
            node, nodes, at, head = self._vacant()
            kind.key.set(nodes, at, key)
            if kind.value.size:
                nodes.write(at + kind.key.size, bytes(kind.value.size))
            self._link(nodes, at, node, path, head)
        return kind.value.get(nodes, at + kind.key.size)

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

    def _descend(self, key):
        """(nodes, offset, None) of the key's node, or (nodes, 0, path to where it belongs)."""
        kind = self._kind
        nodes, get, stride, links = self._nodes(), kind.key.get, kind.stride, kind.links
        path = []
        node = self._root()
        while node:
            at = (node - 1) * stride
            here = get(nodes, at)
            if key < here:
                side = 0
            elif here < key:
                side = 1
            else:
                return nodes, at, None
            path.append((node, side))
            node = _U32.unpack(nodes.read(at + links + _SIDE[side], 4))[0]
        return nodes, 0, path

    def _vacant(self):
        """(number, nodes, offset, new lengths) of a node to use; nothing is taken yet."""
        slot, off = self._storage_slot, self._off
        _, count, free = _HEAD.unpack(slot.read(off, 12))
        if free:
            node = _U32.unpack(slot.indirect(off + _FREE_AT).read((free - 1) * 4, 4))[0]
            free -= 1
        else:
            count += 1
            node = count
        return node, self._nodes(), (node - 1) * self._kind.stride, (count, free)

    def _link(self, nodes, at, node, path, lengths):
        """Takes the vacant node, hangs it under the end of `path` and rebalances."""
        nodes.write(at + self._kind.links, bytes(9))
        tree = _Tree(self, nodes)
        root = tree.grow(path, node)
        self._storage_slot.write(self._off, _HEAD.pack(root, *lengths))

    def __delitem__(self, key):
        kind = self._kind
        nodes, at, path = self._descend(key)
        if path is not None:
            raise KeyError(key)
        node = at // kind.stride + 1
        slot, off = self._storage_slot, self._off
        _, count, free = _HEAD.unpack(slot.read(off, 12))
        root = _Tree(self, nodes).remove(self._path_to(key), node)
        if node == count:
            count -= 1
        else:
            slot.indirect(off + _FREE_AT).write(free * 4, _U32.pack(node))
            free += 1
        slot.write(off, _HEAD.pack(root, count, free))

    def _path_to(self, key):
        kind = self._kind
        nodes, path, node = self._nodes(), [], self._root()
        while node:
            at = (node - 1) * kind.stride
            here = kind.key.get(nodes, at)
            if key < here:
                side = 0
            elif here < key:
                side = 1
            else:
                break
            path.append((node, side))
            node = _U32.unpack(nodes.read(at + kind.links + _SIDE[side], 4))[0]
        return path

    def clear(self):
        """Removes all."""
        self._storage_slot.write(self._off, bytes(12))

    def _walk(self):
        """(nodes slot, node offset) in order of keys."""
        kind = self._kind
        nodes, stride, links = self._nodes(), kind.stride, kind.links
        stack, node = [], self._root()
        while stack or node:
            while node:
                at = (node - 1) * stride
                stack.append(at)
                node = _U32.unpack(nodes.read(at + links, 4))[0]
            at = stack.pop()
            yield nodes, at
            node = _U32.unpack(nodes.read(at + links + 4, 4))[0]

    def __iter__(self):
        get = self._kind.key.get
        for nodes, at in self._walk():
            yield get(nodes, at)

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
    """Links of a tree while it is changed: read once, written when they changed."""

    __slots__ = ("_map", "_nodes", "_links", "_dirty")

    def __init__(self, tree, nodes):
        self._map = tree
        self._nodes = nodes
        self._links = {}
        self._dirty = {}

    def _at(self, node):
        kind = self._map._kind
        return (node - 1) * kind.stride + kind.links

    def links(self, node):
        """[left, right, balance] of a node."""
        links = self._links.get(node)
        if links is None:
            links = list(_LINKS.unpack(self._nodes.read(self._at(node), 9)))
            self._links[node] = links
        self._dirty.setdefault(node, tuple(links))
        return links

    def _flush(self):
        for node, before in self._dirty.items():
            links = self._links[node]
            if tuple(links) != before:
                self._nodes.write(self._at(node), _LINKS.pack(*links))

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
        left, right, balance = self.links(node)
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
            self.links(heir)[:] = [self.links(node)[0], self.links(node)[1], balance]
            root = self._hang(path, place, root, heir)
            path[place] = (heir, 1)
        else:
            root = self._hang(path, place, root, left or right)
        root = self._shrunk(path, root)
        self._dirty.pop(node, None)
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
