# v0.2.0
# { "Seq": [
#   { "AddEnv": { "name": "A", "val": "1" } },
#   { "AddEnv": { "name": "B", "val": "${A}:2" } },
#   { "SetEnv": { "name": "C", "val": "3" } },
#   { "Depends": "py-genlayer:test" }
# ] }
from genlayer import *
import os


class C(gl.Contract):
    def __init__(self):
        print(os.environ["B"], os.environ["C"])
