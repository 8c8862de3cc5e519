# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Callee(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def user(self):
        raise gl.vm.UserError("no")

    @gl.public.view
    def data(self):
        raise gl.vm.UserError({"code": 5})

    @gl.public.view
    def crash(self):
        return {}["x"]
