# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass


@dataclass
class P:
    a: u8


class C(gl.Contract):
    x: P

    def __init__(self):
        pass
