# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Callee(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.write
    def set(self, value: int):
        self.value = value

    @gl.public.view
    def get(self) -> int:
        return self.value

    @gl.public.view
    def crash(self):
        exit(7)
