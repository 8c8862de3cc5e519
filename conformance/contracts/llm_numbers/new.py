# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class New(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def ask(self) -> list:
        def block():
            value = gl.nondet.exec_prompt("rate", response_format="json")["score"]
            return [type(value).__name__, str(value)]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def empty(self) -> str:
        def block():
            try:
                return gl.nondet.exec_prompt("")
            except gl.nondet.NondetException as error:
                return ",".join(error.causes)

        return gl.eq_principle.strict_eq(block)
