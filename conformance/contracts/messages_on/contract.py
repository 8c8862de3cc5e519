# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *

OTHER = Address("0x0300000000000000000000000000000000000000")


@gl.contract_interface
class Other:
    class View: ...

    class Write:
        def foo(self, a: int, /) -> None: ...


class Sends(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def times(self):
        other = gl.get_contract_at(OTHER)
        other.emit().foo(1)
        other.emit(on="finalized").foo(2)
        other.emit(on="accepted").foo(3)
        Other(OTHER).emit(value=0, on="accepted").foo(4)
        gl.ContractAt(OTHER).emit(on="accepted").foo(a=5)

    @gl.public.write
    def bad_time(self):
        try:
            gl.get_contract_at(OTHER).emit(on="never").foo(1)
        except SystemError as error:
            print(error)
            raise

    @gl.public.write
    def transfers(self):
        gl.get_contract_at(OTHER).emit_transfer(value=u256(3))
        gl.get_contract_at(OTHER).emit_transfer(value=u256(4), on="accepted")

    @gl.public.write
    def too_much(self):
        gl.get_contract_at(OTHER).emit_transfer(value=u256(3))
        try:
            gl.get_contract_at(OTHER).emit_transfer(value=u256(8))
        except SystemError as error:
            return str(error)

    @gl.public.write
    def dropped(self):
        gl.get_contract_at(OTHER).emit().foo(1)
        raise gl.vm.UserError("changed my mind")
