# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Messages(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def fields(self) -> list:
        m = gl.message
        return [m.contract_address, m.sender_address, m.origin_address, m.value, m.chain_id]

    @gl.public.write.payable
    def raw(self) -> list:
        raw = gl.message_raw
        return [
            sorted(raw),
            raw["sender_address"],
            raw["stack"],
            raw["is_init"],
            raw["entry_kind"],
            isinstance(raw["entry_data"], bytes),
            raw["entry_stage_data"],
            raw["datetime"],
        ]

    @gl.public.view
    def immutable(self):
        gl.message.value = 5

    @gl.public.view
    def unpacks(self) -> bool:
        contract, sender, origin, value, chain = gl.message
        return contract == gl.message.contract_address and value == 0 and sender == origin

    @gl.public.view
    def unknown(self):
        return gl.message.nonsense
