# { "Depends": "py-genlayer:0000000000000000000000000000000000000000000000000000" }
from genlayer import *


class C(gl.Contract):
    def __init__(self):
        print("here")
