# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Payable(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def __handle_undefined_method__(self, method_name: str, args: list, kwargs: dict):
        print("undefined", repr(method_name), args, kwargs, gl.message.value)
