# { "Depends": "py-genlayer:test" }
from genlayer import *
import json


@gl.contract
class C:
    def __init__(self):
        pass

    @gl.public.write
    def ask(self) -> int:
        def block():
            return json.loads(gl.exec_prompt("rate", response_format="json"))["score"]

        return gl.eq_principle_strict_eq(block)
