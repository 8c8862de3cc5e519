"""What storage offers beyond lists and maps: parts of maps, the root, errors that say what to do."""

import dataclasses
import datetime
import decimal
import enum
import random
import typing
import unittest

from . import fake
from genlayer import *  # noqa: F403
from genlayer import _generation
from genlayer.gl import storage
from genlayer.py.storage import VLA, Indirection, Permission, Pickled, Root, cast_slot
from genlayer.py.storage._kinds import kind_of
from genlayer.py.storage._slots import HostSlot, InmemManager

_PLACES = iter(range(1, 1 << 20))


def place(annotation):
    """A view, or value, of a type in a slot of its own."""
    return kind_of(annotation).get(HostSlot(next(_PLACES).to_bytes(32, "big")), 0)


def holder(annotation):
    """An object with one field `it` of a type."""
    cls = allow_storage(type("Holder", (), {"__annotations__": {"it": annotation}}))
    return place(cls)


class Parts(unittest.TestCase):
    """`items`, `keys` and `values` of a part of a map."""

    def setUp(self):
        fake.fresh()

    def test_like_a_sorted_list(self):
        rng = random.Random(3)
        tree, model = place(TreeMap[u16, str]), {}
        for _ in range(60):
            key = rng.randrange(100)
            tree[key] = model[key] = str(key)
        for _ in range(400):
            start, stop, after = (rng.choice((None, rng.randrange(100))) for _ in range(3))
            reverse, limit = rng.random() < 0.5, rng.choice((None, rng.randrange(8)))
            want = sorted(model)
            want = [k for k in want if start is None or k >= start]
            want = [k for k in want if stop is None or k < stop]
            if reverse:
                want = [k for k in reversed(want) if after is None or k < after]
            else:
                want = [k for k in want if after is None or k > after]
            want = want[:limit]
            part = {"start": start, "stop": stop, "after": after, "reverse": reverse, "limit": limit}
            self.assertEqual(list(tree.keys(**part)), want, part)
            self.assertEqual(list(tree.items(**part)), [(k, str(k)) for k in want])
            self.assertEqual(list(tree.values(**part)), [str(k) for k in want])
            self.assertEqual(len(tree.keys(**part)), len(want))
            self.assertEqual(list(reversed(tree.keys(**part))), want[::-1])

    def test_prefix(self):
        words = ["", "a", "ab", "abc", "b", "a\ud7ff", "a\ud7ffz", "a\ue000", "\U0010ffff", "\U0010ffffz"]
        tree = place(TreeMap[str, u8])
        tree.update({word: 1 for word in words})
        for prefix in ["", "a", "ab", "a\ud7ff", "\U0010ffff", "x"]:
            for reverse in (False, True):
                want = sorted((w for w in words if w.startswith(prefix)), reverse=reverse)
                self.assertEqual(list(tree.keys(prefix=prefix, reverse=reverse)), want)
        self.assertEqual(list(tree.keys(prefix="a", start="ab", stop="b", limit=1)), ["ab"])
        raw = place(TreeMap[bytes, u8])
        raw.update({b"\xff": 1, b"\xff\xff": 2, b"\xfe\xff": 3, b"": 4})
        self.assertEqual(list(raw.keys(prefix=b"\xff")), [b"\xff", b"\xff\xff"])
        self.assertEqual(list(raw.keys(prefix=b"\xfe\xff", reverse=True)), [b"\xfe\xff"])
        with self.assertRaisesRegex(TypeError, "a prefix is str or bytes"):
            place(TreeMap[u8, u8]).keys(prefix=1)

    def test_pages(self):
        tree = place(TreeMap[u8, u8])
        tree.update({n: n for n in range(25)})
        for reverse in (False, True):
            last, seen = None, []
            while page := list(tree.items(after=last, limit=10, reverse=reverse)):
                seen += page
                last = page[-1][0]
            self.assertEqual(seen, sorted(tree.items(), reverse=reverse))
        with self.assertRaises(ValueError):
            tree.items(limit=-1)

    def test_ends(self):
        tree = place(TreeMap[str, u8])
        for end in (tree.first, tree.last, tree.popitem):
            with self.assertRaisesRegex(KeyError, "empty"):
                end()
        self.assertIsNone(tree.first(None))
        tree.update(b=2, a=1, c=3)
        self.assertEqual((tree.first(), tree.last()), (("a", 1), ("c", 3)))
        self.assertEqual((min(tree), max(tree), list(reversed(tree))), ("a", "c", ["c", "b", "a"]))
        self.assertEqual((tree.popitem(), list(tree)), (("a", 1), ["b", "c"]))

    def test_views_of_the_whole_are_sets(self):
        tree = place(TreeMap[str, u8])
        tree.update(a=1, b=2)
        self.assertEqual(tree.keys() & {"b", "z"}, {"b"})
        self.assertIn(("a", 1), tree.items())
        self.assertNotIn("b", tree.keys(stop="b"))
        self.assertEqual(repr(tree.items()), "items([('a', 1), ('b', 2)])")

    def test_changes_while_it_is_walked(self):
        tree = place(TreeMap[u16, u16])
        tree.update({n: n for n in range(0, 100, 2)})
        seen = []
        for key, value in tree.items():
            seen.append(key)
            self.assertEqual(key, value)
            if key % 4 == 0:
                del tree[key]
                tree[key + 1] = key + 1
            if key < 90:
                tree.pop(key + 6, None)
        self.assertEqual(seen, sorted(seen))
        self.assertTrue({1, 5}.issubset(seen))
        self.assertEqual(len(tree), len(list(tree)))


class Lists(unittest.TestCase):
    """What lists do that those of storage did not."""

    def setUp(self):
        fake.fresh()

    def test_pop_insert_sort_equal(self):
        array = place(DynArray[i16])
        array.extend([5, -3, 9])
        self.assertEqual((array.pop(), array.pop(0), list(array)), (9, 5, [-3]))
        array.insert(1, 4)
        array.insert(99, 6)
        array.insert(-99, 8)
        array.insert(-1, 7)
        self.assertEqual(array, [8, -3, 4, 7, 6])
        array.sort()
        self.assertEqual(array, (-3, 4, 6, 7, 8))
        array.sort(key=lambda n: -n)
        self.assertEqual(array[0], 8)
        array.sort(reverse=True)
        other = place(DynArray[i16])
        other.assign(array)
        self.assertTrue(array == other)
        self.assertFalse(array == [8])
        self.assertFalse(array == "x")
        with self.assertRaises(IndexError):
            place(DynArray[u8]).pop()
        with self.assertRaises(IndexError):
            array.pop(5)

    def test_popped_views_stay(self):
        array = place(DynArray[DynArray[str]])
        array.assign([["a"], ["b"]])
        gone = array.pop(0)
        array.append(["c"])
        self.assertEqual((gone, array[0], array[1]), (["a"], ["b"], ["c"]))
        array.sort(key=lambda inner: inner[0], reverse=True)
        self.assertEqual([list(inner) for inner in array], [["c"], ["b"]])
        tree = place(TreeMap[str, DynArray[str]])
        tree["k"] = ["x"]
        gone = tree.pop("k")
        tree["z"] = ["y"]
        self.assertEqual(gone, ["x"])

    def test_new_items_are_zeros(self):
        array = place(DynArray[DynArray[u8]])
        array.append([1, 2])
        array.pop()
        self.assertEqual(array.append_new_get(), [])
        array.clear()
        self.assertEqual(array.append_new_get().append_new_get(), 0)

    def test_changes_while_it_is_walked(self):
        array = place(DynArray[u16])
        array.extend(range(200))
        seen = []
        for number in array:
            seen.append(number)
            if number == 10:
                array[11] = 500
            if number == 20:
                del array[100:]
        self.assertEqual(seen, [*range(11), 500, *range(12, 100)])
        # What is added in the loop is not visited: the loop ends.
        for number in array:
            array.append(number)
        self.assertEqual((len(array), array[100:] == array[:100]), (200, True))
        for _ in array:
            array.clear()
        self.assertEqual(array, [])

    def test_arrays(self):
        array = place(Array[u8, typing.Literal[3]])
        self.assertTrue(array == [0, 0, 0])
        self.assertFalse(array != (0, 0, 0))


class Literals(unittest.TestCase):
    """Assigning plain lists and dicts, and containers made by their names."""

    def setUp(self):
        fake.fresh()

    def test_nested(self):
        own = holder(TreeMap[str, TreeMap[u8, DynArray[str]]])
        own.it = {"a": {1: ["x", "y"]}, "b": {}}
        self.assertEqual(own.it["a"][1], ["x", "y"])
        self.assertEqual(own.it["b"], {})
        own.it["b"][7] = ("z",)
        own.it = {"c": own.it["b"]}
        self.assertEqual((list(own.it), own.it["c"][7]), (["c"], ["z"]))

    def test_refused_value_leaves_the_map(self):
        own = holder(TreeMap[str, DynArray[u8]])
        own.it = {"a": [1]}
        with self.assertRaises(OverflowError):
            own.it["b"] = [1, 300]
        self.assertEqual(list(own.it), ["a"])
        for wrong in ([], 5, None, "text"):
            with self.assertRaisesRegex(AssertionError, "same storage type"):
                own.it = wrong
        with self.assertRaisesRegex(AssertionError, "same storage type"):
            own.it = TreeMap[str, u8]()

    def test_constructors(self):
        own = holder(TreeMap[str, u8])
        own.it = {"old": 1}
        own.it = TreeMap()
        self.assertEqual(len(own.it), 0)
        own.it = TreeMap({"a": 1}, b=2)
        self.assertEqual(own.it, {"a": 1, "b": 2})
        own.it = TreeMap[str, u8]({"c": 3})
        self.assertEqual(own.it, {"c": 3})
        array = holder(DynArray[u8])
        array.it = DynArray([1, 2])
        self.assertEqual(array.it, [1, 2])
        array.it = DynArray[u8]([3])
        self.assertEqual(array.it, [3])
        array.it = DynArray()
        self.assertEqual(array.it, [])
        with self.assertRaisesRegex(TypeError, "with its types"):
            DynArray().append(1)

    def test_larger_than_a_slot(self):
        own = holder(TreeMap[u8, Array[u256, typing.Literal[1 << 30]]])
        self.assertNotIn(1, own.it)
        self.assertIsNone(kind_of(TreeMap[u8, Array[u256, typing.Literal[1 << 30]]]).order)
        with self.assertRaisesRegex(SystemError, "1: overflow"):
            HostSlot(bytes(32)).read(0, 1 << 32)

    def test_absent(self):
        tree = place(TreeMap[str, DynArray[u8]])
        self.assertEqual(tree.compute_if_absent("k", lambda: [1]), [1])
        self.assertEqual(tree.compute_if_absent("k", lambda: 1 / 0), [1])
        self.assertEqual(tree.setdefault("z", [2]), [2])


@allow_storage
@dataclasses.dataclass
class Item:
    name: str
    tags: DynArray[str]
    by_tag: TreeMap[str, u32]


class Nested(unittest.TestCase):
    """Long scripts on containers in containers, against plain Python."""

    def test_long_script(self):
        fake.fresh()
        rng = random.Random(11)
        tree, model = place(TreeMap[u8, DynArray[Item]]), {}
        for step in range(1500):
            key = rng.randrange(6)
            action = rng.randrange(8)
            if action == 0:
                tree.get_or_insert_default(key)
                model.setdefault(key, [])
            elif key not in model:
                self.assertNotIn(key, tree)
            elif action == 1 and rng.random() < 0.3:
                del tree[key], model[key]
            elif action <= 3 or not model[key]:
                item = tree[key].append_new_get()
                item.name = str(step)
                model[key].append({"name": str(step), "tags": [], "by_tag": {}})
            elif action == 4:
                at = rng.randrange(len(model[key]))
                tree[key][at].tags.append("t" * (step % 40))
                model[key][at]["tags"].append("t" * (step % 40))
            elif action == 5:
                at, tag = rng.randrange(len(model[key])), f"n{rng.randrange(4)}"
                tree[key][at].by_tag[tag] = step
                model[key][at]["by_tag"][tag] = step
            elif action == 6:
                self.assertEqual(self.plain(tree[key].pop()), model[key].pop())
            else:
                other = rng.choice(list(model))
                tree[other] = tree[key]
                model[other] = [self.copy(item) for item in model[key]]
            if step % 25 == 0:
                found = {k: [self.plain(item) for item in items] for k, items in tree.items()}
                self.assertEqual(found, dict(sorted(model.items())))

    @staticmethod
    def plain(item):
        return {"name": item.name, "tags": list(item.tags), "by_tag": dict(item.by_tag)}

    @staticmethod
    def copy(item):
        return {"name": item["name"], "tags": list(item["tags"]), "by_tag": dict(item["by_tag"])}

    def test_inheritance(self):
        @allow_storage
        class A:
            a: u8

        @allow_storage
        class B(A):
            b: u16

        @allow_storage
        class C(B, A):
            c: u32

        self.assertEqual([kind_of(cls).size for cls in (A, B, C)], [1, 3, 7])


class Roots(unittest.TestCase):
    """Both layouts of the root, and types of the third generation."""

    def setUp(self):
        self.host = fake.fresh()

    def tearDown(self):
        Root.BASE = 0
        _generation.use(2)

    def test_second(self):
        root = Root.get()
        self.assertEqual(root.code.slot().id.hex()[:8], "e1ae2341")
        self.assertEqual(root.get_resolved_code().slot().id, root.code.slot().id)
        with self.assertRaisesRegex(AttributeError, "third generation"):
            root.major
        code = root.code.get()
        code.extend(b"abc")
        code.extend(b"de")
        self.assertEqual((bytes(code), list(code), len(code)), (b"de", [100, 101], 2))
        for beyond in (3, -1):
            with self.assertRaisesRegex(IndexError, "of 2"):
                code.truncate(beyond)
        code.truncate(1)
        self.assertEqual(bytes(code), b"d")

    def test_third(self):
        Root.BASE = 1
        _generation.use(3)
        root = Root.get()
        self.assertEqual(root.code.slot().id.hex()[:8], "ba005630")
        self.assertEqual(root.contract_instance.slot().id.hex()[:8], "e1ae2341")
        self.assertEqual(root.get_vacant_slot().id, root.slot().indirect(5).id)
        self.assertFalse(root.get_permission(Permission.CAN_USE_BALANCE_FOR_MESSAGE_FEES))
        root.set_permission("can_use_balance_for_message_fees", True)
        self.assertTrue(root.get_permission(1))
        self.assertEqual(self.host.slots[bytes(32)][37], 2)
        root.set_permission(1, False)
        self.assertEqual(root.permissions, 0)
        code = root.code.get()
        code.extend(b"abc")
        code.extend([100])
        self.assertEqual(bytes(code), b"abcd")
        self.assertEqual(bytes(code.assign(b"z")), b"z")
        elsewhere = HostSlot(bytes([7] * 32))
        elsewhere.cast(VLA[u8]).assign(b"other")
        root.code_slot = elsewhere.as_int()
        self.assertEqual(bytes(self.host.slots[bytes(32)][5:37]), bytes([7] * 32))
        self.assertEqual(bytes(root.get_resolved_code()), b"other")
        root.lock_default()
        ids = [slot.to_bytes(32, "little") for slot in root.locked_slots.get()]
        self.assertEqual(ids, [bytes(32)] + [root.slot().indirect(at).id for at in (2, 3, 4)])

    def test_pickled(self):
        self.assertEqual(kind_of(Pickled[dict]).size, 4)
        own = holder(Pickled[dict])
        with self.assertRaises(EOFError):
            own.it.load()
        own.it.store({"a": [1, (2, 3)]})
        self.assertEqual(own.it.load(), {"a": [1, (2, 3)]})
        with self.assertRaises(Exception):
            own.it.store(lambda: 1)
        self.assertEqual(own.it.load(), {"a": [1, (2, 3)]})

    def test_cast(self):
        memory = InmemManager()
        cast_slot(DynArray[u8], memory, bytes(32), 4).append(3)
        self.assertEqual(memory.get_store_slot(bytes(32)).cast(DynArray[u8], 4), [3])
        self.assertEqual(HostSlot(bytes(32)).cast(u256), 0)

    def test_annotated(self):
        self.assertIs(kind_of(typing.Annotated[u8, "note"]), kind_of(u8))
        self.assertEqual(place(Indirection[u32]).get(), 0)


class Color(enum.Enum):
    RED = 1


class Recursive:
    pass


class Unmarked:
    pass


class Refusals(unittest.TestCase):
    """Each type that can not be stored says so, and what to use."""

    def test_texts(self):
        for annotation, *texts in (
            (int, "bigint", "u256"),
            (list, "can not be stored", "`DynArray[str]`"),
            (dict, "can not be stored", "`TreeMap[str, u256]`"),
            (list[str], "use DynArray", "`DynArray[str]`"),
            (dict[str, u8], "use TreeMap", "`TreeMap[str, u8]`"),
            (list[int], "use DynArray", "`DynArray[bigint]`"),
            (dict[str, list[int]], "use", "`DynArray[bigint]`"),
            (set[str], "TreeMap[..., bool]"),
            (tuple[str, u8], "a dataclass"),
            (str | None, "no fixed layout", "`DynArray[str]`"),
            (typing.Optional[u8], "no fixed layout", "u8"),
            (u8 | str, "no fixed layout", "one field for each"),
            (typing.Any, "Any", "JSON"),
            (typing.Literal["a"], "str"),
            (Color, "Enum", "u8", ".value"),
            (decimal.Decimal, "smallest unit"),
            (datetime.date, "datetime.datetime"),
            (datetime.timedelta, "seconds"),
            (Unmarked, "annotate it with @allow_storage", "Unmarked"),
            (DynArray, "incorrect number of generic arguments", "DynArray[u256]"),
            (TreeMap[str], "incorrect number of generic arguments: `TreeMap[str]` has 1", "`TreeMap[str, u256]`"),
            (DynArray[str, str], "`DynArray[str, str]` has 2, not one", "`DynArray[u256]`"),
            (Array[u8], "length", "`Array[u8, Literal[4]]`"),
            (Array[u8, typing.Literal[0]], "positive"),
            ("u8", "not a type"),
        ):
            with self.subTest(annotation), self.assertRaises((TypeError, AssertionError)) as caught:
                kind_of(annotation)
            for text in texts:
                self.assertIn(text, str(caught.exception))

    def test_field_and_line(self):
        @allow_storage
        class Bad:
            fine: u8
            scores: DynArray[list[u8]]

        with self.assertRaises(AssertionError) as caught:
            kind_of(Bad)
        self.assertIn("field `Bad.scores`", str(caught.exception))
        self.assertRegex(str(caught.exception), r"test_storage_features\.py:\d+")
        self.assertIn("during generating field `Bad.scores`", caught.exception.__notes__[0])

    def test_contains_itself(self):
        Recursive.__annotations__ = {"inner": DynArray[Recursive]}
        allow_storage(Recursive)
        with self.assertRaisesRegex(TypeError, "contains itself"):
            kind_of(Recursive)

    def test_ignored_defaults(self):
        @allow_storage
        class Defaults:
            a: u8 = 5
            b: str

        self.assertEqual(kind_of(Defaults).cls.__gl_ignored_defaults__, ("a",))
        self.assertEqual(place(Defaults).a, 0)

    def test_bare_generic(self):
        @allow_storage
        class Box[T]:
            it: T

        with self.assertRaisesRegex(TypeError, "inmem_allocate"):
            Box()
        self.assertEqual(storage.inmem_allocate(Box[str]).it, "")


if __name__ == "__main__":
    unittest.main()
