# { "Depends": "py-genlayer:test" }
from genlayer import *


class Wrong(gl.Contract):
    @gl.public.view()
    def get(self) -> int:
        return 1
