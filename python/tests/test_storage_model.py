"""Maps and lists in memory and on a chain of dictionaries against the model of the published bytes."""

import pathlib
import unittest

from . import fake
from genlayer import *  # noqa: F403
from genlayer.py.storage._kinds import kind_of
from genlayer.py.storage._slots import HostSlot, MemSlot

_CASE = pathlib.Path(__file__).parents[2] / "conformance" / "contracts" / "treemap_model" / "contract.py"


class PublishedBytes(unittest.TestCase):
    """The contract of the case, its functions run here with other seeds."""

    @classmethod
    def setUpClass(cls):
        fake.fresh()
        cls.names = {"__name__": "treemap_model"}
        exec(compile(_CASE.read_text("utf-8"), str(_CASE), "exec"), cls.names)

    def test_maps(self):
        for seed in range(3):
            for name, key in (("numbers", u32), ("texts", str)):
                make, model = self.names["MODELS"][name]
                for slot in (MemSlot(), HostSlot(bytes(32))):
                    fake.fresh()
                    tree = kind_of(TreeMap[key, u32]).get(slot, 0)
                    with self.subTest(seed=seed, key=key, slot=type(slot)):
                        self.names["life"](tree, seed, 400, make, model())

    def test_lists(self):
        kinds = {
            "plain": DynArray[u16],
            "words": DynArray[str],
            "nested": DynArray[DynArray[str]],
            "maps": DynArray[TreeMap[str, u8]],
        }
        for seed in range(3):
            for name, annotation in kinds.items():
                fake.fresh()
                array = kind_of(annotation).get(HostSlot(bytes(32)), 0)
                with self.subTest(seed=seed, name=name):
                    self.names["list_life"](array, seed, 300, self.names["MAKERS"][name])


if __name__ == "__main__":
    unittest.main()
