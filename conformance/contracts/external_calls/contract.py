# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


@gl.evm.contract_interface
class Token:
    class View:
        def balance_of(self, owner: Address, /) -> u256: ...

    class Write:
        pass


class Reads(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def read(self) -> int:
        return Token(gl.message.sender_address).view().balance_of(self.address)
