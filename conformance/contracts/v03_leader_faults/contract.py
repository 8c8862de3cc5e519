# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Faults(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def caught(self):
        try:
            return gl.eq_principle.strict_eq(lambda: 10)
        except BaseException:
            return "caught"

    @gl.public.write
    def machine_error(self):
        try:
            return gl.eq_principle.strict_eq(lambda: exit(3))
        except gl.vm.UserError as error:
            return error.data
