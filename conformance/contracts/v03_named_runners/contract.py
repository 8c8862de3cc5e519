# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
import os

LIBRARY = b"""# { "Depends": "py-genlayer:test" }
def name():
    return "library"
"""
THERE = "chain:0x0300000000000000000000000000000000000000"


def name():
    return "me"


def asked():
    """A function that travels by value: `contract` is the package of the runner."""

    def whoever():
        import contract

        return contract.name()

    return whoever


def block(runner, decode=gl.calldata.decode):
    import cloudpickle

    fields = {
        "data_leader": cloudpickle.dumps(lambda _stage, whoever=asked(): whoever()),
        "data_validator": cloudpickle.dumps(lambda stage, whoever=asked(): stage["leaders_result"][1:] == gl.calldata.encode(whoever())),
        "runner": runner,
    }
    with os.fdopen(gl.wasi.gl_call(gl.calldata.encode({"RunNondet": fields})), "rb") as file:
        return decode(file.read()[1:])


class Runners(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def in_sandbox(self) -> list:
        runner = gl.vm.register_runner(LIBRARY)
        return [gl.vm.spawn_sandbox(asked(), runner=runner).calldata, gl.vm.spawn_sandbox(asked()).calldata]

    @gl.public.write
    def of_contract(self) -> list:
        return [gl.vm.spawn_sandbox(asked(), runner=THERE + state).calldata for state in ("", ":a", ":f")]

    @gl.public.write
    def in_block(self) -> list:
        return [block(gl.vm.register_runner(LIBRARY)), block(THERE)]

    @gl.public.write
    def handed_back(self) -> str:
        runner = gl.vm.spawn_sandbox(lambda: gl.vm.register_runner(LIBRARY), allow_register_runners=True).calldata
        return gl.vm.spawn_sandbox(asked(), runner=runner).calldata

    @gl.public.write
    def unknown(self) -> list:
        runner = "custom:b91peetn4e3jda7vyd139gwh3prjhhap44d0krzzxykcfasb7ft0"
        return [gl.vm.spawn_sandbox(asked(), runner=runner).message, block(runner, bytes.decode)]

    @gl.public.write
    def nobody(self) -> str:
        return gl.vm.spawn_sandbox(asked(), runner="chain:0x0400000000000000000000000000000000000000").message

    @gl.public.write
    def malformed(self) -> str:
        return gl.vm.spawn_sandbox(asked(), runner=gl.vm.register_runner(b"import json")).message

    @gl.public.write
    def files(self) -> str:
        gl.vm.map_file(gl.vm.register_runner(LIBRARY), "file", "/py/libs/library.py")
        import library

        return library.name()

    @gl.public.write
    def nowhere(self) -> str:
        try:
            gl.contract.get_at(gl.types.Address("0x0400000000000000000000000000000000000000")).view().name()
        except gl.vm.UserError:
            return "caught"
        return "nothing"
