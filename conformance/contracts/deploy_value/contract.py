# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Funded(gl.Contract):
    first: u256

    def __init__(self, *, name: str = "x"):
        self.first = gl.message.value
        print(gl.message_raw["is_init"], name, self.balance)
        return 5

    @gl.public.view
    def get(self) -> int:
        return self.first
