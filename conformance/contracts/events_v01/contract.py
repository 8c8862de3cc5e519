# v0.1.0
# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *


class Old(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def raw(self):
        gl.advanced.emit_raw_event("Moved", ["who", "amount"], {"who": 1, "amount": 5, "note": "n"})
