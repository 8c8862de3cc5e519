# v0.4.1
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class C(gl.contract.Contract):
    def __init__(self):
        pass
