# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Blocks(gl.contract.Contract):
    @gl.public.write
    def blocks(self):
        for _ in range(257):
            gl.vm.run_nondet(lambda: None, lambda result: True)
