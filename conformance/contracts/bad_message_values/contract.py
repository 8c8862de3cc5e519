# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Bad(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def send(self, value):
        gl.get_contract_at(gl.message.sender_address).emit_transfer(value=value)

    @gl.public.write
    def late(self):
        gl.get_contract_at(gl.message.sender_address).emit(value=5, on="later").x()

    @gl.public.write
    def float_argument(self):
        gl.get_contract_at(gl.message.sender_address).emit().x(0.5)

    @gl.public.write
    def code_as_number(self):
        gl.deploy_contract(code=5)
