# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Deep(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def nested(self, depth: int) -> list:
        value = []
        for _ in range(depth):
            value = [value]
        return value

    @gl.public.view
    def check(self) -> bool:
        value = gl.get_contract_at(self.address).view().nested(20)
        for _ in range(20):
            (value,) = value
        return value == []
