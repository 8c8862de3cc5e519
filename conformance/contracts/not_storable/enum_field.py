# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import enum


class E(enum.Enum):
    A = 1


class C(gl.Contract):
    x: E

    def __init__(self):
        pass
