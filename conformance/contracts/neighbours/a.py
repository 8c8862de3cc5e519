# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import json


class A(gl.Contract):
    value: str

    def __init__(self):
        self.value = "a"

    @gl.public.write
    def spoil(self) -> str:
        json.loads = lambda _: "spoiled"
        globals()["print"] = None
        return json.loads("1")
