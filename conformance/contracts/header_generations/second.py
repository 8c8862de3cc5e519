# { "Depends": "py-genlayer:test" }
"""
import genlayer as gl
"""
# import genlayer as gl
import genlayer.gl as gl


class C(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def send(self):
        gl.get_contract_at(gl.message.sender_address).emit().hello()

    @gl.public.view
    def at(self) -> int:
        return gl.storage.Root.BASE
