# { "Depends": "py-genlayer:test" }
from genlayer import *


class A(gl.Contract):
    x: int

    def __init__(self):
        pass
