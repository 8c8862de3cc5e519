# {"Depends":"py-genlayer:latest"}
from genlayer import *


class C(gl.Contract):
    def __init__(self):
        print("here")
