# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Callee(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 1

    @gl.public.view
    def foo(self, a: int, b: int) -> int:
        print("callee", gl.message.value, gl.message.sender_address == gl.message.origin_address)
        return a + b

    @gl.public.view
    def who(self) -> list:
        return [gl.message.sender_address, gl.message.origin_address, gl.message.contract_address, gl.message_raw["stack"]]

    @gl.public.view
    def refuse(self):
        raise gl.vm.UserError("view says no")

    @gl.public.view
    def crash(self):
        return {}["x"]

    @gl.public.view
    def writes(self):
        self.value = 5

    @gl.public.view
    def read(self) -> int:
        return self.value

    @gl.public.write
    def set(self, value: int):
        self.value = value

    @gl.public.write
    def write_method(self) -> str:
        return "views may call writes that do not write"

    @gl.public.view
    def block(self) -> int:
        return gl.eq_principle.strict_eq(lambda: 8)
