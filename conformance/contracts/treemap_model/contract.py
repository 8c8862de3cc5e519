# { "Depends": "py-genlayer:test" }
"""Long lives of maps and lists beside a model of the published bytes and beside plain Python values."""

import random

from genlayer import *


class Model:
    """The published map told another way: recursion, and heights counted afresh."""

    def __init__(self, key, size, value):
        self.key, self.size, self.value = key, size, value
        self.root, self.nodes, self.free, self.image, self.list = 0, [], [], bytearray(), bytearray()

    def height(self, number):
        if not number:
            return 0
        _, left, right = self.nodes[number - 1]
        return 1 + max(self.height(left), self.height(right))

    def lift(self, number, side):
        """The child on a side goes over its parent."""
        child = self.nodes[number - 1][side]
        self.nodes[number - 1][side] = self.nodes[child - 1][3 - side]
        self.nodes[child - 1][3 - side] = number
        return child

    def balanced(self, number):
        node = self.nodes[number - 1]
        tilt = self.height(node[2]) - self.height(node[1])
        if abs(tilt) < 2:
            return number
        side = 2 if tilt > 0 else 1
        child = self.nodes[node[side] - 1]
        if self.height(child[3 - side]) > self.height(child[side]):
            node[side] = self.lift(node[side], 3 - side)
        return self.lift(number, side)

    def hang(self, below, key, leaf):
        if not below:
            return leaf
        node = self.nodes[below - 1]
        side = 2 if node[0] < key else 1
        node[side] = self.hang(node[side], key, leaf)
        return self.balanced(below)

    def first(self, below):
        """The smallest node of a subtree, and what remains."""
        node = self.nodes[below - 1]
        if not node[1]:
            return below, node[2]
        first, node[1] = self.first(node[1])
        return first, self.balanced(below)

    def cut(self, below, key):
        node = self.nodes[below - 1]
        if node[0] != key:
            side = 2 if node[0] < key else 1
            node[side] = self.cut(node[side], key)
            return self.balanced(below)
        if not node[1] or not node[2]:
            return node[1] or node[2]
        heir, rest = self.first(node[2])
        self.nodes[heir - 1][1:] = [node[1], rest]
        return self.balanced(heir)

    def number(self, key):
        number = self.root
        while number and self.nodes[number - 1][0] != key:
            node = self.nodes[number - 1]
            number = node[2 if node[0] < key else 1]
        return number

    def put(self, key, value):
        number = self.number(key)
        if not number:
            number = self.free.pop() + 1 if self.free else len(self.nodes) + 1
            self.nodes[number - 1 : number] = [[key, 0, 0]]
            self.poke(number, 0, self.key(key))
            self.root = self.hang(self.root, key, number)
        self.poke(number, self.size, value)
        self.settle(self.root)

    def remove(self, key):
        number = self.number(key)
        self.root = self.cut(self.root, key)
        if number == len(self.nodes):
            self.nodes.pop()
        else:
            at = 4 * len(self.free)
            self.list[at : at + 4] = (number - 1).to_bytes(4, "little")
            self.free.append(number - 1)
        self.settle(self.root)

    def poke(self, number, at, data):
        at += (number - 1) * (self.size + self.value + 9)
        self.image.extend(bytes(max(at + len(data) - len(self.image), 0)))
        self.image[at : at + len(data)] = data

    def settle(self, number):
        """Writes the links of all living nodes: the dead keep what they had."""
        if number:
            _, left, right = self.nodes[number - 1]
            tilt = self.height(right) - self.height(left)
            links = left.to_bytes(4, "little") + right.to_bytes(4, "little") + bytes([tilt & 255])
            self.poke(number, self.size + self.value, links)
            self.settle(left)
            self.settle(right)

    def bytes(self):
        words = self.root, len(self.nodes), len(self.free)
        return b"".join(word.to_bytes(4, "little") for word in words), bytes(self.image), bytes(self.list)


def raw(tree, model):
    """All bytes of a map, also of removed nodes and of taken places."""
    slot, off = tree._storage_slot, tree._off
    nodes, free = slot.indirect(off + 4), slot.indirect(off + 8)
    return slot.read(off, 12), nodes.read(0, len(model.image)), free.read(0, len(model.list))


def life(tree, seed, steps, make, model):
    """A map in waves of growing and shrinking; its number of keys at the end."""
    rng, plain = random.Random(seed), {}
    for step in range(steps):
        key = make(rng.randrange(90))
        if rng.random() < (0.8 if step // 60 % 2 == 0 else 0.2):
            tree[key] = plain[key] = step
            model.put(key, step.to_bytes(4, "little"))
        elif key in plain:
            assert tree.pop(key) == plain.pop(key)
            model.remove(key)
        assert raw(tree, model) == model.bytes(), f"step {step}"
    assert dict(tree) == plain and list(tree) == sorted(plain)
    return len(tree)


def texts(key):
    """How a text lies in a node: its length."""
    return len(key.encode()).to_bytes(4, "little")


MODELS = {
    "numbers": (lambda n: n * 997, lambda: Model(lambda key: key.to_bytes(4, "little"), 4, 4)),
    "texts": (lambda n: "k" * (n % 3) + str(n), lambda: Model(texts, 4, 4)),
}


def list_life(array, seed, steps, make):
    """A list against a list of Python; its length at the end."""
    rng, plain = random.Random(seed), []
    for step in range(steps):
        size, value = len(plain), make(step)
        at = rng.randrange(-size, size) if size else 0
        low, high = rng.randrange(-3, size + 3), rng.randrange(-3, size + 3)
        action = rng.randrange(10)
        if action < 2 or not size:
            array.append(value)
            plain.append(value)
        elif action == 2:
            array.insert(size, value)
            plain.insert(size, value)
        elif action == 3:
            array.insert(at, value)
            plain.insert(at, value)
        elif action == 4:
            assert same(array.pop(at), plain.pop(at))
        elif action == 5:
            array[at] = plain[at] = value
        elif action == 6:
            array[low:high] = plain[low:high] = [value] * rng.randrange(4)
        elif action == 7:
            places = slice(low, high, rng.choice((-2, -1, 2)))
            del array[places]
            del plain[places]
        elif action == 8:
            array.reverse()
            plain.reverse()
        else:
            assert same(array[low:high:-1], plain[low:high:-1])
        assert same(array, plain), f"step {step}"
    return len(array)


def same(mine, plain):
    if isinstance(plain, list):
        return len(mine) == len(plain) and all(map(same, mine, plain))
    return dict(mine) == plain if isinstance(plain, dict) else mine == plain


class Lives(gl.Contract):
    numbers: TreeMap[u32, u32]
    texts: TreeMap[str, u32]
    plain: DynArray[u16]
    words: DynArray[str]
    nested: DynArray[DynArray[str]]
    maps: DynArray[TreeMap[str, u8]]

    @gl.public.write
    def live_map(self, name: str, seed: int, steps: int) -> int:
        make, model = MODELS[name]
        tree = getattr(self, name)
        assert len(tree) == 0
        return life(tree, seed, steps, make, model())

    @gl.public.write
    def live_list(self, name: str, seed: int, steps: int) -> int:
        return list_life(getattr(self, name), seed, steps, MAKERS[name])

    @gl.public.write
    def loops(self) -> list:
        """What a loop sees while its container changes: never more than there was, and it ends."""
        seen = []
        self.plain.assign([1, 2, 3, 4])
        for value in self.plain:
            self.plain.append(value)
        seen.append(list(self.plain))
        for value in self.plain:
            if value % 2 == 0:
                self.plain.remove(value)
        seen.append(list(self.plain))
        self.numbers.clear()
        self.numbers.update({n: n for n in range(6)})
        for key in self.numbers:
            if key % 2 == 0:
                del self.numbers[key]
        seen.append(list(self.numbers))
        for key, value in self.numbers.items():
            if key < 9:
                self.numbers[key + 4] = value
        seen.append(dict(self.numbers))
        self.texts.clear()
        self.texts.update({"a/1": 1, "a/2": 2, "b/1": 3})
        for key in self.texts.keys(prefix="a/"):
            del self.texts[key]
        seen.append(list(self.texts))
        return [str(one) for one in seen]


MAKERS = {
    "plain": lambda n: n,
    "words": lambda n: "w" * (n % 50) + str(n),
    "nested": lambda n: [str(n)] * (n % 4),
    "maps": lambda n: {str(n + at): at for at in range(n % 3)},
}
