# { "Depends": "py-genlayer:test" }
from genlayer import *


class A(gl.Contract):
    def broken(self:
        pass
