"""The language-neutral vectors of storage, run in memory of this process."""

import hashlib
import json
import pathlib
import unittest

from . import fake
from genlayer.py.storage import Root
from genlayer.py.storage._slots import HostSlot

_CONFORMANCE = pathlib.Path(__file__).parents[2] / "conformance"
_VECTORS = json.loads((_CONFORMANCE / "vectors" / "storage.json").read_text("utf-8"))
_DRIVER = _CONFORMANCE / "contracts" / "storage_vectors" / "contract.py"


class Vectors(unittest.TestCase):
    """Every vector of the file."""

    def test_children(self):
        self.assertEqual(len(_VECTORS["children"]), 9)
        for vector in _VECTORS["children"]:
            slot = bytes.fromhex(vector["slot"])
            child = HostSlot(slot).indirect(vector["offset"])
            self.assertEqual(child.id.hex(), vector["child"])
            data = slot + vector["offset"].to_bytes(4, "little")
            self.assertEqual(child.id, hashlib.sha3_256(data).digest())

    def test_locked(self):
        fake.fresh()
        Root.get().lock_default()
        ids = [str(number) for number in Root.get().locked_slots.get()]
        self.assertEqual(ids, _VECTORS["locked"]["ids"])

    def test_layouts(self):
        driver = compile(_DRIVER.read_text("utf-8"), str(_DRIVER), "exec")
        self.assertGreaterEqual(len(_VECTORS["layouts"]), 45)
        for vector in _VECTORS["layouts"]:
            with self.subTest(vector["about"]):
                host = fake.fresh()
                names = {"__name__": "vectors"}
                exec(driver, names)
                shows = names["run_vector"](vector, HostSlot(bytes.fromhex(_VECTORS["slot"])))
                slots = {
                    slot.hex(): bytes(data).rstrip(b"\0").hex()
                    for slot, data in sorted(host.slots.items())
                    if any(data)
                }
                self.assertEqual((shows, slots), (vector["shows"], vector["slots"]))


if __name__ == "__main__":
    unittest.main()
