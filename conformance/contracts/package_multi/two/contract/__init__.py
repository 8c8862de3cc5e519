from genlayer import *
from . import other


class A(gl.Contract):
    def __init__(self):
        pass
