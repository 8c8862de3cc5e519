# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


def look():
    raw = gl.message_raw
    return [gl.message.sender_address, gl.message.origin_address, gl.message.value, raw["datetime"], raw["entry_kind"], raw["is_init"]]


class Children(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def sandbox(self) -> list:
        return gl.vm.spawn_sandbox(look).calldata

    @gl.public.write.payable
    def block(self) -> list:
        return gl.vm.run_nondet_unsafe(look, lambda result: result.calldata == look())
