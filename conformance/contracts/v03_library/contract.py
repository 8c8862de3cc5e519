# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *
from dataclasses import dataclass


@dataclass
class Pair:
    a: int
    b: str


def failing(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "no error"


class Library(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def calldata(self) -> list:
        c = gl.calldata
        return [
            c.decode(c.encode(Pair(1, "x"))),
            failing(lambda: c.encode(Pair)),
            failing(lambda: c.decode(b"\xff")),
            issubclass(c.DecodingError, Exception),
            c.to_str({"a": [b"\x01", None]}),
        ]

    @gl.public.view
    def integers(self) -> list:
        return [u256("5"), u8(3.0), bigint(7), i8(-3)]

    @gl.public.view
    def hashes(self) -> list:
        return [Keccak256(b"").hexdigest(), len(Keccak256(b"x").digest())]

    @gl.public.write
    def vm(self) -> list:
        gl.vm.trace("hello")
        gl.vm.yield_()
        value = gl.vm.unpack_result(gl.vm.spawn_sandbox(lambda: 4))
        return [value, gl.vm.trace_time_micro(), gl.vm.get_timestamp().year]

    @gl.public.write
    def timestamp_in_block(self) -> bool:
        return gl.eq_principle.strict_eq(lambda: gl.vm.get_timestamp().year >= 2024)

    @gl.public.write
    def self_transfer(self):
        self.emit_transfer(2, on="accepted")

    @gl.public.view
    def view_states(self) -> list:
        states = gl.contract.StorageType
        proxy = gl.contract.get_at(gl.message.contract_address)
        return [proxy.view(state=state).one() for state in (states.LATEST_FINAL, states.LATEST_NON_FINAL)]

    @gl.public.view
    def one(self) -> int:
        return 1
