# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Reads(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 6

    @gl.public.view
    def plain(self) -> int:
        return self.value

    @gl.public.view
    def block(self) -> int:
        return gl.eq_principle.strict_eq(lambda: self.value + 1)

    @gl.public.write
    def write(self) -> int:
        self.value = 9
        return self.value

    @gl.public.write
    def equal_write(self):
        self.value = 6

    @gl.public.view
    def sandbox(self) -> str:
        def write():
            self.value = 7

        return repr(gl.vm.spawn_sandbox(write, allow_write_ops=True))
