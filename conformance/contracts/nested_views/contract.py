# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Nested(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def down(self, depth: int) -> list:
        if depth == 0:
            return [gl.message.sender_address, len(gl.message_raw["stack"]), gl.message.value]
        return gl.get_contract_at(self.address).view().down(depth - 1)

    @gl.public.write.payable
    def start(self, depth: int) -> list:
        return self.down(depth)

    @gl.public.view
    def sends(self):
        gl.get_contract_at(self.address).emit().down(0)

    @gl.public.write
    def view_that_sends(self):
        gl.get_contract_at(self.address).view().sends()
