# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Types(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def value(self):
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("q", response_format="json")["v"])

    @gl.public.write
    def text(self):
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("q"))
