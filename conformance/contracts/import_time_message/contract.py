# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

SENDER = gl.message.sender_address
VALUE = gl.message.value
RAW = gl.message_raw["is_init"]


class Importer(gl.Contract):
    def __init__(self):
        print(SENDER == gl.message.sender_address, RAW)

    @gl.public.write.payable
    def look(self) -> list:
        return [SENDER, VALUE, RAW]
