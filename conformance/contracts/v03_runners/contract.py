# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl

CODE = b'# { "Depends": "py-genlayer:test" }\n'


class Runners(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def register(self) -> str:
        return gl.vm.register_runner(CODE)

    @gl.public.write
    def in_block(self) -> str:
        def block():
            try:
                return gl.vm.register_runner(CODE)
            except SystemError as error:
                return str(error)

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def in_sandbox(self) -> list:
        def attempt():
            try:
                return gl.vm.register_runner(CODE)
            except SystemError as error:
                return str(error)

        return [gl.vm.spawn_sandbox(attempt).calldata, gl.vm.spawn_sandbox(attempt, allow_register_runners=True).calldata]
