# { "Seq": [ { "Depends": "py-lib-genlayermodelwrappers:test" }, { "Depends": "py-genlayer:test" } ] }
from genlayer import *
import genlayermodelwrappers


class Old(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def has(self) -> bool:
        return hasattr(genlayermodelwrappers, "SentenceTransformer")
