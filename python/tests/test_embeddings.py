"""`VecDB` in memory against a plain list, its layout, and what the model asks of the node."""

import dataclasses
import math
import random
import struct
import typing
import unittest

from . import fake
import numpy as np
from genlayer import *  # noqa: F403
from genlayer.gl import storage
from genlayer.py.storage._kinds import kind_of
from genlayer.py.storage._slots import HostSlot, MemSlot
import genlayer_embeddings as gle

Five = typing.Literal[5]
Strings = gle.VecDB[np.float32, Five, str, gle.EuclideanDistanceSquared]


@allow_storage
@dataclasses.dataclass
class Log:
    """A record as a value."""

    id: u256
    text: str


@allow_storage
class Weighted:
    """A distance of the contract's own, with a field."""

    weight: u32

    def __call__(self, l, r):
        return (self.weight + 1) * float(sum(abs(a - b) for a, b in zip(l.tolist(), r.tolist())))


def vector(*numbers):
    """A vector of `float32`."""
    return np.array(numbers, dtype=np.float32)


class Search(unittest.TestCase):
    """Everything that does not need the node."""

    def setUp(self):
        self.host = fake.fresh()

    def test_golden(self):
        db = storage.inmem_allocate(Strings)
        self.assertEqual(db.insert(vector(1, 2, 3, 4, 5), "123"), 0)
        self.assertEqual(
            repr(list(db.knn(np.ones(5, dtype=np.float32), 1))),
            "[VecDB.Element(id=0, key=array([1., 2., 3., 4., 5.], dtype=float32), value='123', "
            "distance=30.0)]",
        )

    def test_against_a_list(self):
        metrics = {
            gle.EuclideanDistanceSquared: lambda a, b: math.dist(a, b) ** 2,
            gle.EuclideanDistance: math.dist,
            gle.ManhattanDistance: lambda a, b: sum(abs(x - y) for x, y in zip(a, b)),
            gle.ChebyshevDistance: lambda a, b: max(abs(x - y) for x, y in zip(a, b)),
            gle.CosineDistance: lambda a, b: 1 - math.sumprod(a, b) / math.hypot(*a) / math.hypot(*b),
        }
        for seed, (metric, plain) in enumerate(metrics.items()):
            dice = random.Random(seed)
            db = storage.inmem_allocate(gle.VecDB[np.float32, Five, u32, metric])
            known = {}
            for step in range(120):
                if known and dice.random() < 0.3:
                    gone = dice.choice(sorted(known))
                    db.get_by_id(gone).remove()
                    del known[gone]
                    self.assertIsNone(db.get_by_id_or_none(gone))
                else:
                    key = [dice.randrange(-40, 40) / 4 for _ in range(5)]
                    number = db.insert(vector(*key), step)
                    self.assertNotIn(number, known)
                    known[number] = key, step
                self.assertEqual(len(db), len(known))
                self.assertEqual([e.id for e in db], sorted(known))
            wanted = [dice.randrange(1, 40) / 4 for _ in range(5)]
            order = sorted((plain(key, wanted), number) for number, (key, _) in known.items())
            found = list(db.knn(vector(*wanted), 7))
            for element, (distance, number) in zip(found, order, strict=False):
                self.assertAlmostEqual(float(element.distance), distance, places=4)
                self.assertEqual(element.value, known[element.id][1])
            self.assertEqual(len(found), 7)
            self.assertEqual(len(list(db.knn(vector(*wanted), 10**30))), len(known))
            self.assertEqual(list(db.knn(vector(*wanted), 0)), [])

    def test_elements(self):
        db = storage.inmem_allocate(gle.VecDB[np.float32, typing.Literal[2], Log])
        first = db.insert(vector(1, 0), Log(u256(1), "a"))
        db.insert([0, 1], Log(u256(2), "b"))
        element = db.get_by_id(first)
        self.assertIsNone(element.distance)
        element.value.text = "c"
        self.assertEqual(db.get_by_id(0).value.text, "c")
        element.value = Log(u256(3), "d")
        self.assertEqual((db.get_by_id(0).value.id, db.get_by_id(0).value.text), (3, "d"))
        self.assertEqual([e.value.text for e in db.knn(vector(0, 2), 2)], ["b", "d"])
        self.assertEqual([float(e.distance) for e in db.knn(vector(0, 2), 2)], [0.0, 1.0])
        for unknown in (2, -1, 2**40):
            with self.assertRaisesRegex(KeyError, f"no element with id {unknown}"):
                db.get_by_id(unknown)

    def test_equal_distances_come_in_order_of_number(self):
        db = storage.inmem_allocate(Strings)
        for name in "abcd":
            db.insert(vector(1, 1, 1, 1, 1), name)
        db.get_by_id(1).remove()
        self.assertEqual([e.value for e in db.knn(vector(0, 0, 0, 0, 0), 3)], ["a", "c", "d"])
        db.insert(vector(1, 1, 1, 1, 1), "e")
        self.assertEqual([e.value for e in db], ["a", "e", "c", "d"])

    def test_numbers_that_are_none_are_not_near(self):
        db = storage.inmem_allocate(gle.VecDB[np.float32, typing.Literal[2], str])
        db.insert(vector(0, 0), "zero")
        db.insert(vector(1, 1), "one")
        self.assertEqual([e.value for e in db.knn(vector(1, 1), 2)], ["one"])

    def test_vectors_of_another_type_are_converted(self):
        db = storage.inmem_allocate(gle.VecDB[np.float64, typing.Literal[2], str, gle.EuclideanDistance])
        db.insert(vector(1, 2), "x")
        found = next(db.knn(vector(4, 6), 1))
        self.assertEqual((found.key.dtype.name, found.key.tolist()), ("float64", [1.0, 2.0]))
        self.assertEqual((found.distance.dtype.name, float(found.distance)), ("float64", 5.0))

    def test_own_distance(self):
        db = storage.inmem_allocate(gle.VecDB[np.int32, typing.Literal[2], str, Weighted])
        db._kind.measure(db._storage_slot, db._off).weight = 4
        db.insert(np.array([1, 2], dtype=np.int32), "x")
        self.assertEqual([e.distance for e in db.knn(np.array([1, 4], dtype=np.int32), 1)], [10.0])

    def test_layout(self):
        kind = kind_of(Strings)
        self.assertEqual(kind.size, 53)
        self.assertEqual(kind_of(gle.VecDB[np.float32, Five, str]).size, 20)
        self.assertEqual(kind_of(gle.VecDB[np.float32, Five, str, Weighted]).size, 57)
        slot = HostSlot(bytes(32))
        db = kind.get(slot, 0)
        db.insert(vector(1, 2, 3, 4, 5), "ab")
        inline = struct.pack("<II12xI12xIdI", 1, 1, 0, 0xFFFFFFFF, 1.3, 0) + b"\1"
        self.assertEqual(bytes(self.host.slots[bytes(32)]), inline)
        keys = bytes(self.host.slots[slot.indirect(0).id])
        self.assertEqual(keys, struct.pack("<5f", 1, 2, 3, 4, 5))

    def test_assignment(self):
        kind, slot = kind_of(Strings), MemSlot()
        kind.get(slot, 3).insert(vector(1, 2, 3, 4, 5), "a")
        kind.get(slot, 3).insert(vector(2, 2, 3, 4, 5), "b")
        kind.get(slot, 3).get_by_id(0).remove()
        copy = storage.copy_to_memory(kind.get(slot, 3))
        kind.get(slot, 3).get_by_id(1).value = "c"
        self.assertEqual([(e.id, e.value) for e in copy], [(1, "b")])
        kind.set(slot, 3, gle.VecDB())
        self.assertEqual(len(kind.get(slot, 3)), 0)
        kind.set(slot, 3, copy)
        self.assertEqual([e.value for e in kind.get(slot, 3).knn(vector(0, 0, 0, 0, 0), 5)], ["b"])
        with self.assertRaises(AssertionError):
            kind.set(slot, 3, [])

    def test_refusals(self):
        db = storage.inmem_allocate(Strings)
        with self.assertRaises(TypeError):
            db.insert(vector(1, 2), "short")
        self.assertEqual(len(db), 0)
        with self.assertRaises(TypeError):
            list(db.knn(vector(1), 1))
        with self.assertRaisesRegex(TypeError, "fourth type"):
            kind_of(gle.VecDB[np.float32, Five])

    def test_old_names(self):
        from genlayer.py.storage import vecdb
        import genlayermodelwrappers

        self.assertIs(vecdb.VecDB, gle.VecDB)
        self.assertIs(genlayermodelwrappers.SentenceTransformer, gle.SentenceTransformer)


class Model(unittest.TestCase):
    """What the node is asked for."""

    def setUp(self):
        self.host = fake.fresh()

    def test_vector(self):
        self.host.answers = [struct.pack("<384f", *range(384))] * 4
        embed = gle.SentenceTransformer("all-MiniLM-L6-v2")
        made = embed("what is genlayer?")
        self.assertEqual((made.shape, made.dtype.name, float(made[3])), ((384,), "float32", 3.0))
        request = {"VenireEmbed": {"model": "all-MiniLM-L6-v2", "text": "what is genlayer?"}}
        self.assertEqual(self.host.requests, [request])
        self.assertEqual(embed.encode(["a", "b"]).shape, (2, 384))
        self.assertEqual(gle.get_model("all-MiniLM-L6-v2")("a")["embedding"].shape, (384,))

    def test_names(self):
        gle.SentenceTransformer("sentence-transformers/all-MiniLM-L6-v2")
        gle.SentenceTransformerFromPath("/models/all-MiniLM-L6-v2/model.py")
        for make in (gle.SentenceTransformer, gle.SentenceTransformerFromPath, gle.get_model):
            with self.assertRaisesRegex(ValueError, "all-MiniLM-L6-v2"):
                make("bert")
        with self.assertRaisesRegex(TypeError, "expected a str, got int"):
            gle.SentenceTransformer()(5)


if __name__ == "__main__":
    unittest.main()
