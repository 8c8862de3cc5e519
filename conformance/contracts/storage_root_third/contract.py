# v0.3.0
# { "Depends": "py-genlayer:test" }
import genlayer as gl
from genlayer.storage import Pickled, Root, VLA, DynArray, TreeMap, allow, cast_slot
from genlayer.types import *


class Third(gl.contract.Contract):
    kept: Pickled[dict]
    names: DynArray[str]

    def __init__(self):
        self.kept.store({"a": (1, 2)})
        self.names.append("n")

    @gl.public.view
    def root(self) -> list:
        root = Root.get()
        return [
            root.major, root.code_slot, root.get_permission(1), len(root.upgraders.get()),
            len(root.locked_slots.get()), bytes(root.get_resolved_code())[:8].decode(),
            root.get_vacant_slot().id == root.slot().indirect(5).id, self.kept.load()["a"][1],
            self.names[0],
        ]

    @gl.public.write
    def runs(self) -> bytes:
        run = Root.get().get_vacant_slot().cast(VLA[u8])
        run.extend(b"ab")
        run.extend(b"cd")
        same = cast_slot(VLA[u8], Root.MANAGER, Root.get().get_vacant_slot().id, 0)
        return bytes(same)

    @gl.public.write
    def touch_root(self) -> None:
        Root.get().set_permission(1, True)
