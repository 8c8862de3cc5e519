# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Decorated(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def view(self):
        pass

    @gl.public.write
    def write(self):
        pass

    @gl.public.write.payable
    def payable(self):
        pass

    @gl.public.write.min_gas(leader=100, validator=20)
    def gas(self):
        pass

    @gl.public.write.min_gas(leader=3, validator=0).payable
    def gas_payable(self):
        pass

    @gl.private
    def private(self):
        pass

    @gl.public.view
    def attributes(self) -> dict:
        names = ("public", "readonly", "payable", "min_gas_leader", "min_gas_validator")
        found = {}
        for method in ("view", "write", "payable", "gas", "gas_payable", "private"):
            function = getattr(Decorated, method)
            found[method] = [getattr(function, f"__gl_{name}__", None) for name in names]
        return found

    @gl.public.view
    def contract_mark(self) -> bool:
        return Decorated.__gl_contract__
