# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


def leader(kind):
    if kind == "user":
        raise gl.vm.UserError("u")
    if kind == "crash":
        raise SystemExit(3)
    return 10


class Table(gl.Contract):
    def __init__(self):
        pass

    def ending(self, kind):
        if kind == "true":
            return True
        if kind == "false":
            return False
        if kind == "text":
            return "true"
        if kind == "one":
            return 1
        if kind == "user":
            raise gl.vm.UserError("u")
        if kind == "other user":
            raise gl.vm.UserError("v")
        if kind == "crash":
            raise SystemExit(3)
        if kind == "other crash":
            raise ValueError("4")

    @gl.public.write
    def compared(self, mine: str, theirs: str):
        return gl.vm.run_nondet(lambda: leader(mine), lambda result: self.ending(theirs))

    @gl.public.write
    def unsafe(self, mine: str, theirs: str):
        return gl.vm.run_nondet_unsafe(lambda: leader(mine), lambda result: self.ending(theirs))

    @gl.public.write
    def custom(self, theirs: str):
        return gl.vm.run_nondet(
            lambda: leader("user"),
            lambda result: self.ending(theirs),
            compare_user_errors=lambda a, b: a.message == "u" and b.message == "v",
        )

    @gl.public.write
    def custom_vm(self, theirs: str):
        return gl.vm.run_nondet(
            lambda: leader("crash"),
            lambda result: self.ending(theirs),
            compare_vm_errors=lambda a, b: (a.message, b.message) == ("exit_code 3", "exit_code 1"),
        )
