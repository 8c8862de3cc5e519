# { "Depends": "py-genlayer:test" }
from genlayer import *
import json


class Sandboxed(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.write
    def isolated(self) -> list:
        def spoil():
            json.dumps = lambda _: "spoiled"
            return json.dumps(1)

        inside = gl.vm.unpack_result(gl.vm.spawn_sandbox(spoil))
        return [inside, json.dumps(1)]

    @gl.public.write
    def endings(self) -> list:
        def refuse():
            raise gl.vm.UserError("RB")

        def leave():
            raise SystemExit(3)

        results = [gl.vm.spawn_sandbox(f) for f in (refuse, leave, lambda: {"a": 1})]
        return [type(r).__name__ + " " + str(getattr(r, "message", None) or r.calldata) for r in results]

    @gl.public.write
    def read_only(self) -> str:
        def write():
            try:
                self.value = 5
            except SystemError as error:
                return str(error)

        return gl.vm.unpack_result(gl.vm.spawn_sandbox(write))

    @gl.public.write
    def copy_on_write(self) -> list:
        def write():
            self.value = 5
            return self.value

        inside = gl.vm.unpack_result(gl.vm.spawn_sandbox(write, allow_write_ops=True))
        return [inside, self.value]

    @gl.public.write
    def no_blocks(self) -> str:
        def block():
            try:
                return gl.eq_principle.strict_eq(lambda: "x")
            except SystemError as error:
                return str(error)

        return gl.vm.unpack_result(gl.vm.spawn_sandbox(block))
