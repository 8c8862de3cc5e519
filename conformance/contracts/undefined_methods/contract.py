# { "Depends": "py-genlayer:test" }
from genlayer import *


class Catcher(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write.payable
    def __receive__(self):
        print("receive", gl.message.value)

    @gl.public.write
    def __handle_undefined_method__(self, method_name, args, kwargs):
        print(method_name, args, kwargs)
        return method_name
