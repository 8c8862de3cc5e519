# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Back(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def ask_back(self, whom: Address) -> list:
        return gl.get_contract_at(whom).view().get()
