# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Base:
    @gl.public.view
    def total(self) -> int:
        return 1


class Twice(Base, gl.Contract):
    total: u256
