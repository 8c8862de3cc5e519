# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Returns(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def ret_address(self):
        return Address("0x" + "30" * 20)

    @gl.public.view
    def ret_str(self):
        return "123"

    @gl.public.view
    def ret_int(self):
        return 123

    @gl.public.view
    def ret_bytes(self):
        return b"123"

    @gl.public.view
    def ret_true(self):
        return True

    @gl.public.view
    def ret_none(self):
        return None

    @gl.public.view
    def ret_false(self):
        return False

    @gl.public.view
    def ret_list(self):
        return [Address("0x" + "30" * 20)]

    @gl.public.view
    def ret_dict(self):
        return {"b": 1, "a": ()}

    @gl.public.view
    def ret_object(self):
        return object()

    @gl.public.view
    def ret_set(self):
        return {1, 2}

    @gl.public.view
    def ret_int_keys(self):
        return {1: 2}

    @gl.public.view
    def ret_view_types(self):
        return [bytearray(b"\x01"), memoryview(b"\x02"), (1, (2, 3)), range(3)]

    @gl.public.view
    def ret_large(self):
        return [2**256 - 1, -(2**255), 0, -1]
