# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

NEW = b"""# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.storage import Root


class Third(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def overwrite(self, at: int):
        Root.get().slot().indirect(at).write(0, b"\\xff")
"""


class Second(gl.Contract):
    def __init__(self):
        code = gl.storage.Root.get().code.get()
        code.truncate()
        code.extend(NEW)
