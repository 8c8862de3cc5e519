# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.storage import Root, VLA
from genlayer.types import *

NEW = b"""# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.storage import Root


class New(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def version(self) -> list:
        return [2, Root.get().code_slot != 0]
"""


class Old(gl.contract.Contract):
    def __init__(self):
        root = Root.get()
        place = root.get_vacant_slot()
        place.cast(VLA[u8]).extend(NEW)
        root.code_slot = int.from_bytes(place.id, "little")

    @gl.public.view
    def version(self) -> list:
        return [1, False]
