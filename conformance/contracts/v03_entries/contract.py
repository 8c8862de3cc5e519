# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Entries(gl.contract.Contract):
    def __init__(self, a: int = 0):
        pass

    @gl.public.write
    def foo(self, a: int = 0) -> int:
        return a

    @gl.public.write.payable
    def __receive__(self):
        return "received"
