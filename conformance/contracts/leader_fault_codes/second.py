# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Faults(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def two(self) -> list:
        return [gl.eq_principle.strict_eq(lambda: 10), gl.eq_principle.strict_eq(lambda: 11)]
