# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


def pay(to, amount):
    try:
        gl.get_contract_at(to).emit_transfer(value=u256(amount))
    except SystemError as error:
        return str(error)
    return "paid"


class Spender(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def twice(self) -> list:
        to = gl.message.sender_address
        seen = [gl.vm.spawn_sandbox(lambda: pay(to, 6), allow_write_ops=True).calldata for _ in range(2)]
        return seen + [pay(to, 5), pay(to, 4), self.balance]
