# v0.1.0
# {
#   "Seq": [
#     { "Depends": "py-lib-genlayermodelwrappers:test" },
#     { "Depends": "py-genlayer:test" }
#   ]
# }
import typing

import genlayermodelwrappers
import numpy as np
from genlayer import *
from genlayer.py.storage.vecdb import VecDB


class Contract(gl.Contract):
    words: VecDB[np.float32, typing.Literal[384], str]

    @gl.public.write
    def learn(self, word: str) -> None:
        self.words.insert(genlayermodelwrappers.SentenceTransformer("all-MiniLM-L6-v2")(word), word)

    @gl.public.view
    def like(self, word: str) -> list[str]:
        vector = genlayermodelwrappers.SentenceTransformer("all-MiniLM-L6-v2")(word)
        return [element.value for element in self.words.knn(vector, 2)]
