# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


def crash(_):
    raise ValueError("validator")


def user(_=None):
    raise gl.vm.UserError("same")


class Trap(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def plain(self):
        return gl.vm.run_nondet(lambda: 1, lambda result: True)

    @gl.public.write
    def judged_true(self):
        return gl.vm.run_nondet(user, lambda result: True)

    @gl.public.write
    def same_error(self):
        return gl.vm.run_nondet(user, user)

    @gl.public.write
    def default_same_error(self):
        return gl.vm.run_nondet_default(user, user)

    @gl.public.write
    def default_judged_true(self):
        return gl.vm.run_nondet_default(user, lambda result: True)
