# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

OTHER = Address("0x0300000000000000000000000000000000000000")


class Front(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.view
    def get(self) -> list:
        return [self.value, gl.message_raw["stack"]]

    @gl.public.write
    def roundabout(self) -> list:
        self.value = 2
        return gl.get_contract_at(OTHER).view().ask_back(self.address)
