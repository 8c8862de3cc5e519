from genlayer import *


class A(gl.Contract):
    pass
