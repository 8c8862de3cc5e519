# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
import os
from genlayer.types import *

OTHER = Address("0x0300000000000000000000000000000000000000")


def ask(name, **fields):
    with os.fdopen(gl.wasi.gl_call(gl.calldata.encode({name: fields})), "rb") as file:
        answer = file.read()
    if answer[0] == 2:
        return answer[1:].decode()
    return gl.calldata.decode(answer[1:])


def view(method, **fields):
    return ask("CallContract", address=OTHER, calldata={"": method}, **fields)


class Next(gl.contract.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.view
    def storage_view(self) -> list:
        return [view("get", storage_view=number) for number in range(3)]

    @gl.public.view
    def no_such_view(self):
        view("get", storage_view=3)

    @gl.public.view
    def caught(self) -> list:
        return [view("crash"), view("crash", catch_vm_error=True)]

    @gl.public.view
    def not_caught(self):
        view("crash", catch_vm_error=False)

    @gl.public.write
    def block(self, catches: bool):
        import cloudpickle

        leader = cloudpickle.dumps(lambda _stage: exit(9))
        validator = cloudpickle.dumps(lambda stage: stage["leaders_result"] == b"\x02exit_code 9")
        return ask("RunNondet", data_leader=leader, data_validator=validator, catch_vm_error=catches)

    @gl.public.write
    def fold(self, keeps: bool, fails: bool) -> list:
        import cloudpickle

        def inside():
            self.value += 1
            gl.contract.get_at(OTHER).emit().set(self.value)
            if fails:
                exit(3)
            return self.value

        fields = {"allow_write_storage": True, "allow_send_messages": True, "changes_on_error": keeps}
        return [ask("Sandbox", data=cloudpickle.dumps(inside), **fields), self.value]
