# {
#   "Seq": [
#     { "Depends": "py-lib-genlayermodelwrappers:test" },
#     { "Depends": "py-genlayer:test" }
#   ]
# }
from genlayer import *
import genlayermodelwrappers
import numpy as np
from dataclasses import dataclass
import json


@allow_storage
@dataclass
class Note:
    id: u256


@gl.contract
class Oldest:
    notes: VecDB[np.float32, typing.Literal[2], Note]

    def __init__(self):
        pass

    @gl.public.write
    def add(self, id: int) -> int:
        self.notes.insert(np.array([id, 1], dtype=np.float32), Note(u256(id)))
        return len(self.notes)

    @gl.public.view
    def nearest(self, id: int) -> int:
        return next(self.notes.knn(np.array([id, 1], dtype=np.float32), 1)).value.id

    @gl.public.write
    def judged_by_function(self) -> str:
        return gl.eq_principle_prompt_comparative(
            "score?", comparative_fn=lambda a, b: abs(json.loads(a) - json.loads(b)) <= 5
        )

    @gl.public.write
    def fetched(self) -> int:
        return gl.eq_principle_strict_eq(lambda: json.loads(gl.http_fetch("https://a.org/x"))["n"])

    @gl.public.write
    def compared(self) -> str:
        return gl.eq_principle.custom(lambda: gl.nondet.fetch_url("https://a.org/x")[:3], lambda a, b: a == b)

    @gl.public.write
    def told(self) -> bool:
        gl.emit_event("Told", {"n": 1})
        return gl.message.block_timestamp == gl.block.timestamp

    @gl.public.view
    def names(self) -> list:
        return [callable(genlayermodelwrappers.SentenceTransformer), gl.message.sender_account]
