# { "Depends": "py-genlayer:test" }
"""A contract of v0.3 whose header does not say so."""
import json
import genlayer as gl
from genlayer.storage import Root


class C(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def send(self):
        gl.contract.get_at(gl.message.sender_address).emit().hello()

    @gl.public.view
    def at(self) -> int:
        return Root.BASE
