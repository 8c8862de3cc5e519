"""The balanced tree of a map, in Python: for maps in memory, and for keys that only Python compares.

# Invariants
- A removed node is dropped if it is the last one, otherwise its place goes to the free array.
- A new node takes the newest free place, if there is one. Places count from 0, numbers from 1.
- The memo of a nodes slot mirrors its keys and links: only this file writes them, or empties it.
- Every operation leaves the bytes that the node's own implementation leaves.
"""

import struct

from ... import _host

_U32 = struct.Struct("<I")
HEAD = struct.Struct("<III")
_LINKS = struct.Struct("<IIb")
NODES_AT = 4
FREE_AT = 8
#: Places in what is remembered of a node.
_LEFT, _RIGHT, _BALANCE, _KEY = range(4)


def _start(tree):
    """(nodes slot, its memo, number of the root)."""
    slot, off = tree._storage_slot, tree._off
    nodes = slot.indirect(off + NODES_AT)
    if not _host.private:
        nodes.memo.clear()
    return nodes, nodes.memo, _U32.unpack(slot.read(off, 4))[0]


def load(kind, nodes, node):
    """Reads a node into the memo of its slot: [left, right, balance, key]."""
    at = (node - 1) * kind.stride
    entry = [*_LINKS.unpack(nodes.read(at + kind.links, 9)), kind.key.get(nodes, at)]
    nodes.memo[node] = entry
    return entry


def find(tree, key):
    """Number of the key's node or 0."""
    nodes, memo, node = _start(tree)
    kind = tree._kind
    while node:
        entry = memo.get(node) or load(kind, nodes, node)
        here = entry[_KEY]
        if key < here:
            node = entry[_LEFT]
        elif here < key:
            node = entry[_RIGHT]
        else:
            break
    return node


def descend(tree, key):
    """(nodes slot, number of the key's node or 0, path to it or to where it belongs)."""
    nodes, memo, node = _start(tree)
    kind, path = tree._kind, []
    while node:
        entry = memo.get(node) or load(kind, nodes, node)
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


def add(tree, nodes, path, key, write_value):
    """A new node at the end of the path; its value is written before anything points to it."""
    kind, slot, off = tree._kind, tree._storage_slot, tree._off
    _, count, free = HEAD.unpack(slot.read(off, 12))
    if free:
        free -= 1
        node = _U32.unpack(slot.indirect(off + FREE_AT).read(free * 4, 4))[0] + 1
    else:
        count = node = count + 1
    at = (node - 1) * kind.stride
    nodes.memo.pop(node, None)
    kind.key.set(nodes, at, key)
    write_value(nodes, at + kind.key.size)
    nodes.write(at + kind.links, bytes(9))
    root = _Tree(kind, nodes).grow(path, node)
    slot.write(off, HEAD.pack(root, count, free))
    return node


def remove(tree, key):
    """Removes a key; whether it was there."""
    nodes, node, path = descend(tree, key)
    if not node:
        return False
    slot, off = tree._storage_slot, tree._off
    _, count, free = HEAD.unpack(slot.read(off, 12))
    root = _Tree(tree._kind, nodes).remove(path, node)
    nodes.memo.pop(node, None)
    if node == count:
        count -= 1
    else:
        slot.indirect(off + FREE_AT).write(free * 4, _U32.pack(node - 1))
        free += 1
    slot.write(off, HEAD.pack(root, count, free))
    return True


def walk(tree, start, after, descending):
    """(number, key) of the nodes in order of keys, from `start` on if it is not None.

    Keys that are added or removed meanwhile are seen, or not, as their order says.
    """
    slot, kind = tree._storage_slot, tree._kind
    near, far = (_RIGHT, _LEFT) if descending else (_LEFT, _RIGHT)
    nodes, stack = _seek(tree, start, after, descending)
    while stack:
        node = stack.pop()
        entry = nodes.memo.get(node) or load(kind, nodes, node)
        seen, key, below = (slot.version, nodes.version), entry[_KEY], entry[far]
        yield node, key
        if seen != (slot.version, nodes.version):
            nodes, stack = _seek(tree, key, True, descending)
            continue
        while below:
            stack.append(below)
            below = (nodes.memo.get(below) or load(kind, nodes, below))[near]


def _seek(tree, start, after, descending):
    """(nodes slot, nodes still to visit, the next one last)."""
    nodes, memo, node = _start(tree)
    kind, stack = tree._kind, []
    near, far = (_RIGHT, _LEFT) if descending else (_LEFT, _RIGHT)
    while node:
        entry = memo.get(node) or load(kind, nodes, node)
        here = entry[_KEY]
        if start is None:
            skip = False
        elif descending:
            skip = start < here or (after and not here < start)
        else:
            skip = here < start or (after and not start < here)
        if not skip:
            stack.append(node)
        node = entry[far if skip else near]
    return nodes, stack


class _Tree:
    """Links of a tree while it is changed: written at the end where they differ."""

    __slots__ = ("_kind", "_nodes", "_before")

    def __init__(self, kind, nodes):
        self._kind = kind
        self._nodes = nodes
        self._before = {}

    def links(self, node):
        """[left, right, balance, key] of a node; the links may be changed."""
        entry = self._nodes.memo.get(node) or load(self._kind, self._nodes, node)
        if node not in self._before:
            self._before[node] = entry[:_KEY]
        return entry

    def _flush(self):
        kind, nodes = self._kind, self._nodes
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
