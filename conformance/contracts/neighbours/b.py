# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import json


class B(gl.Contract):
    value: str

    def __init__(self):
        self.value = "b"

    @gl.public.write
    def look(self) -> list:
        print("fine")
        return [json.loads("1"), self.value, B.__module__]
