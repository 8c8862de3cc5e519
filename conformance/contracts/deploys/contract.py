# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Factory(gl.Contract):
    last: Address

    def __init__(self):
        pass

    @gl.public.write
    def plain(self):
        return gl.deploy_contract(code=b"code", args=[1, "x"], kwargs={"y": 2})

    @gl.public.write
    def salted(self, salt: int) -> Address:
        self.last = gl.deploy_contract(code="text".encode(), salt_nonce=u256(salt), on="accepted")
        return self.last

    @gl.public.write
    def with_value(self):
        gl.deploy_contract(code=b"code", value=u256(7))

    @gl.public.write
    def positional(self):
        gl.deploy_contract(b"code")
