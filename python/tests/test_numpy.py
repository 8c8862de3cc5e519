"""The numpy subset: results of the real numpy, committed as text, and what is ours alone."""

import hashlib
import json
import math
import pickle
import struct
import typing
import unittest
from pathlib import Path

import numpy as np

from . import fake
from genlayer.py.storage import DynArray, TreeMap, allow_storage, inmem_allocate
from genlayer.py.storage._kinds import kind_of

CASES = json.loads((Path(__file__).parent / "numpy_cases.json").read_text(encoding="utf-8"))
NAMES = {name: value for name, value in vars(math).items() if name[0] != "_"}


def outcome(text):
    """What an expression (after its statements) evaluates to, errors included."""
    statements, _, expression = text.rpartition(";;")
    space = {"np": np, **NAMES}
    try:
        exec(statements.replace(";;", "\n"), space)
        return repr(eval(expression, space))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class RealResults(unittest.TestCase):
    """`numpy_cases.json` holds what numpy 2.5 printed for each expression."""

    def test_every_expression_prints_what_numpy_prints(self):
        self.assertGreater(len(CASES), 400)
        for text, wanted in CASES:
            with self.subTest(text):
                self.assertEqual(outcome(text), wanted)


class Ours(unittest.TestCase):
    """What real numpy does otherwise, or what the cases can not show."""

    def test_missing_names_say_so(self):
        for get in (lambda: np.einsum, lambda: np.linalg.inv, lambda: np.zeros(1).view):
            with self.assertRaisesRegex(AttributeError, "the page on numpy and Pillow"):
                get()
        with self.assertRaisesRegex(TypeError, "numpy here has bool, int8 to int64"):
            np.dtype("complex64")
        with self.assertRaisesRegex(TypeError, "numbers only"):
            np.array(["a"])

    def test_an_array_too_large_is_refused_before_it_is_made(self):
        for make in (np.zeros, np.ones, lambda shape: np.broadcast_to(1, shape)):
            with self.assertRaisesRegex(MemoryError, "larger than"):
                make((1 << 20, 1 << 20))
        with self.assertRaises(MemoryError):
            np.arange(1 << 40)

    def test_products_of_vectors_are_exact_and_rounded_once(self):
        one = np.array([1e8, 1.0, -1e8], dtype=np.float32)
        self.assertEqual(np.dot(one, np.ones(3, dtype=np.float32)), np.float32(1))
        self.assertIsInstance(np.dot(one, one), np.float32)

    def test_single_precision_rounds_at_every_step(self):
        total = np.float32(0)
        wanted = 0.0
        for _ in range(100):
            total = total + np.float32(0.1)
            wanted = struct.unpack("<f", struct.pack("<f", wanted + struct.unpack("<f", struct.pack("<f", 0.1))[0]))[0]
        self.assertEqual(float(total), wanted)

    def test_values_travel_by_pickle_and_bytes(self):
        matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
        for value in (matrix, matrix.T, matrix[1], np.float32(0.1), np.int8(-3), np.bool_(True)):
            back = pickle.loads(pickle.dumps(value))
            self.assertTrue(np.array_equal(back, value))
            self.assertIs(back.dtype, value.dtype)
        self.assertEqual(hashlib.sha256(matrix).digest(), hashlib.sha256(matrix.tobytes()).digest())
        self.assertEqual(np.frombuffer(matrix.tobytes(), np.float32).reshape(2, 3).tolist(), matrix.tolist())

    def test_views_share_and_copies_do_not(self):
        base = np.zeros((3, 4), dtype=int)
        base.T[1, 2] = 5
        base[1:, ::2][0, 1] = 6
        base.reshape(2, 6)[0, 0] = 7
        base[[0, 1]][0] = 8
        base.copy()[0] = 9
        self.assertEqual(base.tolist(), [[7, 0, 0, 0], [0, 0, 6, 0], [0, 5, 0, 0]])
        overlap = np.arange(5)
        overlap[1:] = overlap[:-1]
        self.assertEqual(overlap.tolist(), [0, 0, 1, 2, 3])

    def test_random_follows_pythons_seed(self):
        import random

        random.seed(7)
        first = (np.random.rand(3).tolist(), np.random.randint(0, 10, 4).tolist(), np.random.permutation(5).tolist())
        random.seed(7)
        again = (np.random.rand(3).tolist(), np.random.randint(0, 10, 4).tolist(), np.random.permutation(5).tolist())
        self.assertEqual(first, again)
        own = np.random.default_rng(1).normal(size=(2, 2))
        self.assertEqual(own.tolist(), np.random.default_rng(1).normal(size=(2, 2)).tolist())
        self.assertEqual(sorted(np.random.choice(5, 5, replace=False).tolist()), [0, 1, 2, 3, 4])
        with self.assertRaisesRegex(AttributeError, "numpy.random.beta"):
            np.random.beta

    def test_annotations_of_the_wild(self):
        typed = np.ndarray[tuple[typing.Literal[384]], np.dtypes.Float32DType]
        self.assertIs(typing.get_origin(typed), np.ndarray)
        self.assertIs(typing.get_origin(np.typing.NDArray[np.float32]), np.ndarray)


Vector = np.ndarray[tuple[typing.Literal[3]], np.dtype[np.float32]]
Matrix = np.ndarray[tuple[typing.Literal[2], typing.Literal[2]], np.dtypes.Int16DType]


@allow_storage
class Numbers:
    small: np.int8
    ratio: np.float32
    vector: Vector
    matrix: Matrix
    history: DynArray[Vector]
    by_name: TreeMap[str, Matrix]


class Stored(unittest.TestCase):
    """`spec/vm.md` §3.2, the numpy rows."""

    def setUp(self):
        fake.fresh()

    def test_layout_is_the_bytes_of_the_elements(self):
        sizes = [kind_of(one).size for one in (np.int8, np.uint64, np.float32, np.float64, Vector, Matrix)]
        self.assertEqual(sizes, [1, 8, 4, 8, 12, 8])
        self.assertEqual(kind_of(Vector).pack([1, 2, -0.5]), struct.pack("<3f", 1, 2, -0.5))
        self.assertEqual(kind_of(Matrix).pack(np.array([[1, -2], [3, 4]])), struct.pack("<4h", 1, -2, 3, 4))

    def test_values_come_back_with_their_type(self):
        numbers = inmem_allocate(Numbers)
        self.assertEqual(numbers.vector.tolist(), [0, 0, 0])
        numbers.small = -5
        numbers.ratio = 0.1
        numbers.vector = np.array([1, 2, 3])
        numbers.history.append(numbers.vector)
        numbers.history.append([4, 5, 6])
        numbers.by_name["a"] = np.eye(2)
        self.assertEqual(repr(numbers.small), "np.int8(-5)")
        self.assertEqual(repr(numbers.ratio), "np.float32(0.1)")
        self.assertEqual(repr(numbers.vector), "array([1., 2., 3.], dtype=float32)")
        self.assertEqual([one.tolist() for one in numbers.history], [[1, 2, 3], [4, 5, 6]])
        self.assertEqual(repr(numbers.by_name["a"]), "array([[1, 0],\n       [0, 1]], dtype=int16)")

    def test_a_read_is_a_copy(self):
        numbers = inmem_allocate(Numbers)
        vector = numbers.vector
        vector[0] = 9
        self.assertEqual(numbers.vector.tolist(), [0, 0, 0])

    def test_what_can_not_be_stored(self):
        numbers = inmem_allocate(Numbers)
        with self.assertRaisesRegex(TypeError, r"expected an array of shape \(3,\), got \(2,\)"):
            numbers.vector = [1, 2]
        with self.assertRaises(OverflowError):
            numbers.small = 200
        for bad in (np.ndarray, np.ndarray[tuple[int], np.dtype[np.float32]], np.typing.NDArray[np.float32]):
            with self.assertRaisesRegex(TypeError, "needs its lengths"):
                kind_of(bad)
        with self.assertRaisesRegex(TypeError, "`bool` can not be stored"):
            kind_of(np.ndarray[tuple[typing.Literal[2]], np.dtype[np.bool_]])


if __name__ == "__main__":
    unittest.main()
