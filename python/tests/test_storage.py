"""Storage types against plain Python ones, and the bytes they make."""

import dataclasses
import datetime
import hashlib
import random
import typing
import unittest

from . import fake
from genlayer import *  # noqa: F403
from genlayer.gl import storage
from genlayer.py.storage._kinds import kind_of
from genlayer.py.storage import _avl
from genlayer.py.storage._slots import HostSlot, MemSlot, forget


def indirect(slot, offset):
    """Child slot by the documented rule."""
    return hashlib.sha3_256(slot + offset.to_bytes(4, "little")).digest()


def place(annotation, where=None):
    """A zero-initialised stored value and its slot."""
    slot = HostSlot(where or bytes(32))
    kind = kind_of(annotation)
    return slot, kind, kind.get(slot, 0)


class Scalars(unittest.TestCase):
    """Inline bytes of single values."""

    def check(self, annotation, value, inline, content=None):
        host = fake.fresh()
        slot, kind, _ = place(annotation)
        kind.set(slot, 0, value)
        self.assertEqual(kind.size, len(inline))
        self.assertEqual(bytes(host.slots.get(bytes(32), b"")), inline)
        if content is not None:
            self.assertEqual(bytes(host.slots[indirect(bytes(32), 0)]), content)
        self.assertEqual(kind.get(slot, 0), value)

    def test_vectors(self):
        self.check(u8, 255, b"\xff")
        self.check(i8, -2, b"\xfe")
        self.check(u256, 1, b"\1" + bytes(31))
        self.check(i24, -1, b"\xff\xff\xff")
        self.check(bool, True, b"\1")
        self.check(float, 1.5, bytes.fromhex("000000000000f83f"))
        self.check(Address, Address(bytes(range(20))), bytes(range(20)))
        self.check(str, "hé", b"\3\0\0\0", "hé".encode())
        self.check(bytes, b"ab", b"\2\0\0\0", b"ab")
        self.check(bigint, 300, b"\4\0\0\0", b"\x2c\1\0\0")
        self.check(bigint, -1, b"\3\0\0\0", b"\xff\xff\xff")
        self.check(None, None, b"")

    def test_datetime(self):
        zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
        for moment in (
            datetime.datetime(2024, 11, 26, 6, 42, 42, 424242),
            datetime.datetime(2024, 11, 26, 6, 42, 42, 424242, datetime.timezone.utc),
            datetime.datetime(2024, 11, 26, 6, 42, 42, 7, zone),
        ):
            fake.fresh()
            slot, kind, zero = place(datetime.datetime)
            self.assertEqual(zero, datetime.datetime(1970, 1, 1))
            kind.set(slot, 0, moment)
            back = kind.get(slot, 0)
            self.assertEqual((back, back.tzinfo is None), (moment, moment.tzinfo is None))
            self.assertEqual(back.utcoffset(), moment.utcoffset())

    def test_ranges(self):
        fake.fresh()
        slot, kind, _ = place(u8)
        for bad in (256, -1):
            with self.assertRaises(OverflowError):
                kind.set(slot, 0, bad)
        with self.assertRaises(TypeError):
            kind.set(slot, 0, "1")

    def test_not_storable(self):
        class Plain:
            pass

        for annotation, error, text in (
            (int, TypeError, "bigint"),
            (list, TypeError, "can not be stored: use"),
            (dict, TypeError, "can not be stored: use"),
            (list[str], AssertionError, "use DynArray"),
            (dict[str, str], AssertionError, "use TreeMap"),
            (list[int], TypeError, "bigint"),
            (Plain, TypeError, "class is not marked"),
            (str | None, TypeError, "unions"),
            (typing.Optional[str], TypeError, "unions"),
            (tuple[str, str], TypeError, ""),
            (typing.Any, TypeError, ""),
            (set, TypeError, "can not be stored: use"),
            (TreeMap[str], Exception, "incorrect number of generic arguments"),
            (DynArray, Exception, "incorrect number of generic arguments"),
        ):
            with self.subTest(annotation=annotation), self.assertRaisesRegex(error, text):
                kind_of(annotation)


class Sequences(unittest.TestCase):
    """`DynArray` and `Array`."""

    def test_layout(self):
        host = fake.fresh()
        slot, kind, array = place(DynArray[u16])
        array.append(1)
        array.extend([2, 3])
        self.assertEqual(host.slots[bytes(32)], b"\3\0\0\0")
        self.assertEqual(host.slots[indirect(bytes(32), 0)], b"\1\0\2\0\3\0")

    def test_like_a_list(self):
        fake.fresh()
        rng = random.Random(7)
        for element, make in ((u32, lambda n: n), (str, str)):
            _, _, array = place(DynArray[element], bytes([9] * 31 + [len(str(element))]))
            model = []
            for step in range(600):
                self.step(rng, array, model, make(step))
                self.assertEqual(list(array), model)
                self.assertEqual(len(array), len(model))

    def step(self, rng, array, model, value):
        size = len(model)
        action = rng.randrange(11)
        at = rng.randrange(size) if size else 0
        low, high = sorted((rng.randrange(size + 1), rng.randrange(size + 1)))
        if action <= 2 or not size:
            array.append(value)
            model.append(value)
        elif action == 3:
            array[at - size] = value
            model[at - size] = value
        elif action == 4:
            del array[at]
            del model[at]
        elif action == 5:
            step = rng.choice((1, 1, 2, 3))
            del array[low:high:step]
            del model[low:high:step]
        elif action == 6:
            array.insert(at, value)
            model.insert(at, value)
        elif action == 7:
            part = [value] * rng.randrange(5)
            array[low:high] = part
            model[low:high] = part
        elif action == 8:
            self.assertEqual(array.pop(), model.pop())
            array.reverse()
            model.reverse()
        elif action == 9:
            self.assertEqual(array.pop(at - size), model.pop(at - size))
            array.insert(size, value)
            model.insert(size, value)
        else:
            array.sort(key=str, reverse=at % 2 == 0)
            model.sort(key=str, reverse=at % 2 == 0)
        self.assertEqual(array[low:high:2], model[low:high:2])

    def test_errors(self):
        fake.fresh()
        _, _, array = place(DynArray[u8])
        for bad in (0, -1, 5):
            with self.assertRaisesRegex(IndexError, "index out of range"):
                array[bad]
        with self.assertRaises(Exception):
            array.pop()
        with self.assertRaises(TypeError):
            Array()
        with self.assertRaises(TypeError):
            place(DynArray[u8])[1].set(HostSlot(bytes(32)), 0, place(DynArray[u16])[2])

    def test_array_like_a_list(self):
        for element, make in ((i16, lambda n: n - 150), (str, str), (DynArray[u8], lambda n: [n % 256])):
            fake.fresh()
            rng = random.Random(5)
            slot, kind, array = place(Array[element, typing.Literal[9]])
            model = [[] if element is not str and element is not i16 else element() for _ in range(9)]
            for step in range(300):
                at, other = rng.randrange(9), rng.randrange(9)
                action = rng.randrange(4)
                if action == 0:
                    array[at] = model[at] = make(step)
                elif action == 1:
                    array[at - 9] = array[other]
                    model[at] = model[other]
                elif action == 2:
                    model = model[::-1]
                    kind.set(slot, 0, list(array)[::-1])
                else:
                    low, high = sorted((at, other))
                    self.assertEqual(list(array[low:high]), model[low:high])
                self.assertTrue(array == model)

    def test_array(self):
        host = fake.fresh()
        slot, kind, array = place(Array[u16, typing.Literal[3]])
        self.assertEqual(kind.size, 6)
        kind.set(slot, 0, [1, 2, 3])
        self.assertEqual(host.slots[bytes(32)], b"\1\0\2\0\3\0")
        self.assertEqual([list(array), array[-1], list(array[1:])], [[1, 2, 3], 3, [2, 3]])
        with self.assertRaises(KeyError):
            array[::2]
        with self.assertRaises(AssertionError):
            kind.set(slot, 0, [1])

    def test_empty_constructors(self):
        fake.fresh()
        slot, kind, array = place(DynArray[u8])
        array.extend([1, 2])
        with self.assertRaisesRegex(TypeError, "without types"):
            len(DynArray())
        kind.set(slot, 0, DynArray())
        self.assertEqual(list(array), [])
        own = DynArray[u8]()
        own.append(3)
        kind.set(slot, 0, own)
        self.assertEqual(list(array), [3])
        tree = TreeMap[str, u8]()
        tree["a"] = 1
        self.assertEqual(dict(tree), {"a": 1})

    def test_own_items_shifted(self):
        fake.fresh()
        slot, kind, array = place(DynArray[DynArray[str]])
        kind.set(slot, 0, [["a"], ["b"], ["c"]])
        kind.set(slot, 0, list(reversed(list(array))))
        self.assertEqual([list(item) for item in array], [["c"], ["b"], ["a"]])
        array[:] = array[1:]
        self.assertEqual([list(item) for item in array], [["b"], ["a"]])
        array += [["z"]]
        self.assertEqual([list(item) for item in array], [["b"], ["a"], ["z"]])


class Maps(unittest.TestCase):
    """`TreeMap`."""

    def test_layout(self):
        host = fake.fresh()
        _, kind, tree = place(TreeMap[u8, u16])
        tree[5] = 1
        tree[3] = 2
        tree[4] = 3
        self.assertEqual(kind.size, 12)
        self.assertEqual(host.slots[bytes(32)], b"\3\0\0\0" + b"\3\0\0\0" + bytes(4))
        node = "{:02x}{:02x}00{:02x}000000{:02x}000000{:02x}"
        rows = (5, 1, 0, 0, 0), (3, 2, 0, 0, 0), (4, 3, 2, 1, 0)
        self.assertEqual(
            host.slots[indirect(bytes(32), 4)].hex(), "".join(node.format(*row) for row in rows)
        )
        del tree[3]
        self.assertEqual(host.slots[bytes(32)], b"\3\0\0\0" + b"\3\0\0\0" + b"\1\0\0\0")
        self.assertEqual(host.slots[indirect(bytes(32), 8)], b"\1\0\0\0")
        del tree[4]
        self.assertEqual(host.slots[bytes(32)], b"\1\0\0\0" + b"\2\0\0\0" + b"\1\0\0\0")

    def test_like_a_dict(self):
        for seed, (key, make) in enumerate(
            ((u32, lambda n: n), (str, "k{}".format), (Address, lambda n: Address(bytes([n]) * 20)))
        ):
            fake.fresh()
            rng = random.Random(seed)
            _, _, tree = place(TreeMap[key, str])
            model = {}
            for step in range(700):
                name = make(rng.randrange(40))
                action = rng.randrange(6)
                if action < 3:
                    tree[name] = model[name] = str(step)
                elif action < 5:
                    self.assertEqual(tree.pop(name, None), model.pop(name, None))
                else:
                    self.assertEqual(tree.get(name), model.get(name))
                    self.assertEqual(name in tree, name in model)
                self.assertEqual(list(tree.items()), sorted(model.items()))
                self.assertEqual((len(tree), tree == model), (len(model), True))
                self.balanced(tree)
                if step % 50 == 0:
                    forget()
                    self.balanced(tree)
                    self.assertEqual(list(tree.items()), sorted(model.items()))

    def test_refused_write(self):
        host = fake.fresh()
        _, _, tree = place(TreeMap[u8, u8])
        for key in range(5):
            tree[key] = key
        host.read_only = True
        for action in (lambda: tree.pop(0), lambda: tree.update({9: 9}), tree.clear):
            with self.assertRaisesRegex(SystemError, "^6: forbidden$"):
                action()
            self.assertEqual(list(tree), [0, 1, 2, 3, 4])
            self.balanced(tree)

    def balanced(self, tree):
        nodes = tree._nodes()

        def height(node):
            if node == 0:
                return 0
            left, right, balance, _ = _avl.load(tree._kind, nodes, node)
            low, high = height(left), height(right)
            self.assertEqual(high - low, balance)
            self.assertLessEqual(abs(balance), 1)
            return 1 + max(low, high)

        height(int.from_bytes(tree._storage_slot.read(tree._off, 4), "little"))

    def test_errors(self):
        fake.fresh()
        slot, kind, tree = place(TreeMap[str, u8])
        with self.assertRaises(KeyError):
            tree["a"]
        with self.assertRaises(KeyError):
            del tree["a"]
        with self.assertRaisesRegex(AssertionError, "`TreeMap` <- `list`"):
            kind.set(slot, 0, [])
        with self.assertRaises(OverflowError):
            tree["a"] = 300
        self.assertEqual((len(tree), list(tree)), (0, []))
        tree["a"] = 1
        with self.assertRaises((TypeError, AssertionError)):
            tree[Address(bytes(20))]

    def test_nested(self):
        fake.fresh()
        _, _, tree = place(TreeMap[str, TreeMap[str, DynArray[str]]])
        tree.get_or_insert_default("a").get_or_insert_default("b").append("x")
        with self.assertRaises(KeyError):
            tree["q"]["b"]
        self.assertEqual(list(tree["a"]["b"]), ["x"])
        del tree["a"]["b"]
        self.assertEqual(list(tree["a"].get_or_insert_default("c")), [])
        self.assertEqual(tree.compute_if_absent("z", TreeMap).get("k"), None)


@allow_storage
@dataclasses.dataclass
class User:
    name: str
    age: u8 = 7


@allow_storage
class Triple:
    a: i64
    b: i64
    c: str


@allow_storage
class Pair[K, V]:
    left: K
    right: V

    def __init__(self, left, right):
        self.left = left
        self.right = right


@allow_storage
@dataclasses.dataclass
class Base:
    x: u8


@allow_storage
@dataclasses.dataclass
class Child(Base):
    y: u16


class Records(unittest.TestCase):
    """Classes in storage."""

    def test_golden_slots(self):
        from genlayer.py.storage._slots import ROOT_SLOT_ID

        instance = indirect(ROOT_SLOT_ID, 0)
        self.assertEqual(
            instance.hex(), "372d46c3ada9f897c74d349bbfe0e450c798167c9f580f8daf85def57e96c3ea"
        )
        self.assertEqual(indirect(ROOT_SLOT_ID, 1).hex()[:4], "e1ae")
        for offset, start, end in ((16, "a860ee32", "49f4"), (36, "d8034a25", "cb3b")):
            text = indirect(ROOT_SLOT_ID, offset).hex()
            self.assertEqual((text[:8], text[-4:]), (start, end))

    def test_record(self):
        host = fake.fresh()
        kind = kind_of(User)
        slot = HostSlot(bytes(32))
        kind.set(slot, 0, User("bob", u8(9)))
        self.assertEqual(host.slots[bytes(32)], b"\3\0\0\0\x09")
        view = kind.get(slot, 0)
        view.age += 1
        self.assertEqual((view.name, view.age, view == User("bob", 10)), ("bob", 10, True))
        self.assertEqual(dataclasses.asdict(view), {"name": "bob", "age": 10})
        self.assertEqual(repr(view), "User(name='bob', age=10)")
        with self.assertRaises(AssertionError):
            kind.set(slot, 0, {"name": "x"})

    def test_views_alias(self):
        fake.fresh()
        slot, kind, array = place(DynArray[User])
        kind.set(slot, 0, [User("a"), User("b")])
        first = array[0]
        array[0] = array[1]
        self.assertEqual(first.name, "b")
        copy = storage.copy_to_memory(first)
        first.name = "z"
        self.assertEqual((copy.name, array[0].name), ("b", "z"))

    def test_sizes(self):
        fake.fresh()
        self.assertEqual(kind_of(Triple).size, 20)
        self.assertEqual([(n, at) for n, _, at in kind_of(Child).fields], [("x", 0), ("y", 1)])
        slot = HostSlot(bytes(32))
        kind_of(Child).set(slot, 0, Child(1, 2))
        self.assertEqual(slot.read(0, 3), b"\1\2\0")

    def test_generic(self):
        fake.fresh()
        slot, kind, view = place(Pair[str, u32])
        self.assertEqual(kind.size, 8)
        view.left, view.right = "a", 5
        self.assertEqual((view.left, view.right), ("a", 5))
        with self.assertRaisesRegex(TypeError, "inmem_allocate"):
            Pair("a", 5)
        own = storage.inmem_allocate(Pair[str, u32], "b", 6)
        kind.set(slot, 0, own)
        self.assertEqual((view.left, view.right), ("b", 6))
        _, _, other = place(Pair[u8, u8], bytes([1] * 32))
        other.left = 3
        self.assertEqual((other.left, view.left), (3, "b"))

    def test_pickle(self):
        import pickle

        fake.fresh()
        slot, kind, tree = place(TreeMap[str, User])
        tree["a"] = User("bob")
        own = storage.copy_to_memory(tree)
        view = pickle.loads(pickle.dumps(tree))
        kept = pickle.loads(pickle.dumps(own))
        tree["a"].name = "eve"
        self.assertEqual((view["a"].name, kept["a"].name), ("eve", "bob"))

    def test_memory_and_chain_agree(self):
        host = fake.fresh()
        kind = kind_of(DynArray[TreeMap[str, Triple]])
        memory, chain = MemSlot(), HostSlot(bytes(32))
        for slot in (memory, chain):
            array = kind.get(slot, 0)
            record = array.append_new_get().get_or_insert_default("k")
            record.a, record.b, record.c = -1, 2, "text"
        before = {key: bytes(value) for key, value in host.slots.items()}
        kind.copy(memory, 0, chain, 0)
        self.assertEqual({key: bytes(value) for key, value in host.slots.items()}, before)


if __name__ == "__main__":
    unittest.main()
