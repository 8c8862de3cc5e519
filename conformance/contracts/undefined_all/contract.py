# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class All(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def __handle_undefined_method__(self, method_name: str, args: list, kwargs: dict):
        print({"me": "undefined", "method_name": method_name, "args": args, "kwargs": kwargs, "value": gl.message.value})

    @gl.public.write.payable
    def __receive__(self):
        print({"me": "receive", "value": gl.message.value})
