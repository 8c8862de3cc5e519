# v0.1.0
# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *
from genlayer.std.nondet_fns import exec_prompt
import genlayer.std as std
import genlayer.std.advanced as advanced


class Imports(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def ask(self) -> str:
        return std.eq_principle_strict_eq(lambda: exec_prompt("q"))

    @gl.public.write
    def sandbox(self) -> int:
        return advanced.sandbox(lambda: 3).get()
