from genlayer import *


class B(gl.Contract):
    def __init__(self):
        pass
