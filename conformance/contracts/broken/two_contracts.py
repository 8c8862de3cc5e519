# { "Depends": "py-genlayer:test" }
from genlayer import *


class A(gl.Contract):
    pass


class B(gl.Contract):
    pass
