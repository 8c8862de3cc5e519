# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Faults(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def two(self) -> list:
        return [gl.eq_principle.strict_eq(lambda: 10), gl.eq_principle.strict_eq(lambda: 11)]
