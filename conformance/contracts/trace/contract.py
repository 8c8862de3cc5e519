# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import sys


class Traced(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def traces(self):
        gl.trace("value", 5, [1], sep="-")
        print("to out")
        print("to err", file=sys.stderr)
