# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *
import typing


class Schema(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def literals(self, a: typing.Literal["x", "y"], b: typing.Literal[1, 2], c: typing.Literal[True], d: typing.Literal["x", 1]) -> u256:
        pass

    @gl.public.view
    def annotated(self, a: typing.Annotated[str, "note"], b: typing.Annotated[list[int], 5]) -> i8:
        pass
