# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from __future__ import annotations
from genlayer import *


@allow_storage
class Node:
    value: u8
    next: Node


class C(gl.Contract):
    x: Node

    def __init__(self):
        pass
