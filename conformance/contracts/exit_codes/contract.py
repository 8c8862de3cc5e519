# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import atexit
import sys


class Exits(gl.Contract):
    count: u256

    def __init__(self):
        pass

    @gl.public.write
    def system_exit(self, code=None):
        self.count += 1
        raise SystemExit(code)

    @gl.public.write
    def zero(self):
        self.count += 1
        exit(0)

    @gl.public.write
    def sys_exit(self, code: int):
        sys.exit(code)

    @gl.public.view
    def counted(self) -> int:
        return self.count

    @gl.public.write
    def later(self, fail: bool):
        atexit.register(lambda: print("bye"))
        if fail:
            raise gl.vm.UserError("no")
        return "done"

    @gl.public.write
    def immediate(self):
        atexit.register(lambda: print("bye"))
        gl.advanced.user_error_immediate("at once")
