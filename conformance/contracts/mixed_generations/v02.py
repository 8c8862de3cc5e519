# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Old(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 2

    @gl.public.view
    def get(self, plus: int = 0) -> int:
        return self.value + plus

    @gl.public.view
    def refuse(self):
        raise gl.vm.UserError("old no")

    @gl.public.write
    def ask(self) -> list:
        other = gl.get_contract_at(Address("0x0400000000000000000000000000000000000000")).view()
        seen = [other.get(plus=1)]
        try:
            other.refuse()
        except gl.vm.UserError as error:
            seen.append(error.message)
        return seen
