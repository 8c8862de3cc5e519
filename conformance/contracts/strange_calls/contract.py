# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Strange(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def echo(self, a, b=None, *, c=None) -> list:
        return [a, b, c]

    @gl.public.view
    def naïve(self) -> str:
        return "ünïcode"

    not_a_method = 5
