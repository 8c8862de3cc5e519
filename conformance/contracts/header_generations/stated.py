# v0.2.16
# { "Depends": "py-genlayer:test" }
import genlayer as gl


class C(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def at(self) -> int:
        return gl.storage.Root.BASE
