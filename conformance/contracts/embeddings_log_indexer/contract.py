# {
#   "Seq": [
#     { "Depends": "py-lib-genlayer-embeddings:09h0i209wrzh4xzq86f79c60x0ifs7xcjwl53ysrnw06i54ddxyi" },
#     { "Depends": "py-genlayer:1j12s63yfjpva9ik2xgnffgrs6v44y1f52jvj9w7xvdn7qckd379" }
#   ]
# }
import typing
from dataclasses import dataclass

import genlayer_embeddings as gle
import numpy as np
from genlayer import *


@allow_storage
@dataclass
class Entry:
    id: u256
    text: str


class Notes(gl.Contract):
    notes: gle.VecDB[np.float32, typing.Literal[384], Entry]

    def vector(self, text: str) -> np.ndarray[tuple[typing.Literal[384]], np.dtypes.Float32DType]:
        return gle.SentenceTransformer("all-MiniLM-L6-v2")(text)

    def find(self, text: str):
        return next(self.notes.knn(self.vector(text), 1), None)

    @gl.public.write
    def add(self, text: str, id: int) -> None:
        self.notes.insert(self.vector(text), Entry(id=u256(id), text=text))

    @gl.public.view
    def closest(self, text: str) -> dict | None:
        found = self.find(text)
        if found is None:
            return None
        return {"id": found.value.id, "similarity": f"{1 - found.distance:.3f}", "text": found.value.text}

    @gl.public.write
    def rename(self, old: str, new: str) -> None:
        self.find(old).value.text = new

    @gl.public.write
    def remove(self, text: str) -> None:
        self.find(text).remove()

    @gl.public.view
    def all(self) -> list[str]:
        return [element.value.text for element in self.notes]
