# { "Depends": "py-genlayer:test" }
from genlayer import *


class Float(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def foo(self) -> float:
        return 1.5
