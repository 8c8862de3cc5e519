# { "Depends": "py-genlayer:test" }
from genlayer import *


class Dispatch(gl.Contract):
    calls: u32

    def __init__(self, start: int, *, step: int = 1):
        print("init", start, step)
        self.calls = start + step

    def hidden(self) -> int:
        return 1

    @gl.public.view
    def add(self, a: int, b: int = 10) -> int:
        return a + b

    @gl.public.write
    def count(self) -> int:
        self.calls += 1
        return self.calls

    @gl.public.write.payable
    def pay(self) -> int:
        return gl.message.value

    @gl.public.write
    def refuse(self, why: str):
        self.calls = 1000
        raise gl.vm.UserError(why)

    @gl.public.write
    def fail(self):
        self.calls = 1000
        print("before")
        raise ValueError("no good")

    @gl.public.write
    def leave(self, code: int):
        import sys
        sys.exit(code)

    @gl.public.view
    def floating(self):
        return 1.5

    @gl.public.view
    def mixed(self) -> list:
        return [None, True, -5, "t", b"\x00\xff", gl.message.contract_address, (1, 2), {"k": []}]
