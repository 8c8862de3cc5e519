# { "Depends": "py-genlayer:test" }
from genlayer import *
import does_not_exist


class A(gl.Contract):
    pass
