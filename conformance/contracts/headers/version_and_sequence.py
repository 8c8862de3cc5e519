# v0.2.16
# { "Seq": [ { "Depends": "py-lib-genlayermodelwrappers:test" }, { "Depends": "py-genlayer:test" } ] }

# A comment after a blank line is no part of it.
from genlayer import *


class C(gl.Contract):
    def __init__(self):
        print("here")
