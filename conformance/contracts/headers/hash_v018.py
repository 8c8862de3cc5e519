# { "Depends": "py-genlayer:132536jbnxkd1axfxg5rpfr5b60cr11adm2y4r90hgn0l59qsp9w" }
from genlayer import *


class C(gl.Contract):
    def __init__(self):
        print("here")
