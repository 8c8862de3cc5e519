"""Calldata against the documented vectors, and values against their own round trip."""

import dataclasses
import random
import unittest

from . import fake
from genlayer.py import calldata
from genlayer.py.types import Address

VECTORS = [
    (0, "01"),
    (42, "d102"),
    (-1, "02"),
    ("", "04"),
    ("create", "34637265617465"),
    (b"xyz", "1b78797a"),
    ([], "05"),
    ({}, "06"),
    (None, "00"),
    (False, "08"),
    (True, "10"),
    (Address(bytes(20)), "18" + "00" * 20),
    ({"method": "foo"}, "0e066d6574686f641c666f6f"),
    (
        {"user_id": "create", "action": 42},
        "1606616374696f6ed10207757365725f696434637265617465",
    ),
]


@dataclasses.dataclass
class Point:
    y: int
    x: int


def sample(rng, depth=0):
    """A random value."""
    choice = rng.randrange(8 if depth < 4 else 6)
    if choice == 0:
        return rng.choice((None, True, False))
    if choice == 1:
        return rng.randrange(-(2**70), 2**70) >> rng.randrange(70)
    if choice == 2:
        return rng.randbytes(rng.randrange(20))
    if choice == 3:
        return "".join(chr(rng.choice((65, 233, 0x1F680))) for _ in range(rng.randrange(5)))
    if choice == 4:
        return Address(rng.randbytes(20))
    if choice == 5:
        return 0
    if choice == 6:
        return [sample(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {f"k{rng.randrange(99)}": sample(rng, depth + 1) for _ in range(rng.randrange(4))}


class Calldata(unittest.TestCase):
    def test_vectors(self):
        for value, data in VECTORS:
            with self.subTest(value=value):
                self.assertEqual(calldata.encode(value).hex(), data)
                self.assertEqual(calldata.decode(bytes.fromhex(data)), value)

    def test_round_trip(self):
        rng = random.Random(1)
        for _ in range(500):
            value = sample(rng)
            data = calldata.encode(value)
            self.assertEqual(calldata.decode(data), value)
            self.assertEqual(calldata.encode(calldata.decode(data)), data)

    def test_kinds(self):
        self.assertEqual(calldata.encode(Point(1, 2)), calldata.encode({"x": 2, "y": 1}))
        self.assertEqual(calldata.encode((1, 2)), calldata.encode([1, 2]))
        self.assertEqual(calldata.encode(bytearray(b"a")), calldata.encode(b"a"))
        for bad in (1.5, {1}, object(), {1: 2}, [0.1]):
            with self.subTest(bad=bad), self.assertRaises(TypeError):
                calldata.encode(bad)

    def test_refused(self):
        for bad in ("", "8000", "0101", "18", "1c61", "07", "20", "1601610001610000", "0e", "0cff"):
            with self.subTest(bad=bad), self.assertRaises(calldata.DecodingError):
                calldata.decode(bytes.fromhex(bad))
        with self.assertRaisesRegex(calldata.DecodingError, "unordered calldata keys"):
            calldata.decode(bytes.fromhex("1601620001610" + "0"))

    def test_to_str(self):
        value = {"a": [None, True, -5, "q\"", b"\1", Address(bytes(20))]}
        self.assertEqual(
            calldata.to_str(value), '{"a":[null,true,-5,"q\\"",b#01,addr#' + "00" * 20 + "]}"
        )


class Addresses(unittest.TestCase):
    def test_vector(self):
        fake.fresh()
        address = Address("0x5b38da6a701c568545dcfcb03fcb875f56beddc4")
        text = "0x5B38Da6a701c568545dCfcB03FcB875f56beddC4"
        self.assertEqual(address.as_hex, text)
        self.assertEqual(address.as_b64, "WzjaanAcVoVF3PywP8uHX1a+3cQ=")
        self.assertEqual(address.as_int, 1123907236495940146162314350759402901750813440091)
        self.assertEqual(Address(address.as_b64), address)
        self.assertEqual((str(address), repr(address)), (text, f'Address("{text}")'))
        self.assertEqual(f"{address:cd}", "addr#5b38da6a701c568545dcfcb03fcb875f56beddc4")
        self.assertEqual([f"{address:x}", f"{address}"], [text, repr(address)])
        self.assertEqual((address == text, len({address, Address(text)})), (False, 1))
        with self.assertRaises(AssertionError):
            address < text
        for bad in ("", "0x12", "zz" * 21, b"1", 5, "0x" + "g" * 40):
            with self.subTest(bad=bad), self.assertRaisesRegex(Exception, "invalid address"):
                Address(bad)
        with self.assertRaises(TypeError):
            format(address, "q")

    def test_fake_keccak(self):
        self.assertEqual(
            fake.keccak256(b"").hex(),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        )


if __name__ == "__main__":
    unittest.main()
