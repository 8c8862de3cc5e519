# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


def deeper():
    result = gl.vm.spawn_sandbox(deeper)
    if isinstance(result, gl.vm.VMError):
        return result.message
    return gl.vm.unpack_result(result)


class Bomb(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def explode(self):
        print(deeper())
