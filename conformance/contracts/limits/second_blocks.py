# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Blocks(gl.Contract):
    @gl.public.write
    def blocks(self):
        for _ in range(257):
            gl.vm.run_nondet_unsafe(lambda: None, lambda result: True)
