from genlayer import *

import contract.absolute
from contract.sub.deep import DEEP
from . import helper
from .types import Entry


class Multi(gl.Contract):
    entries: DynArray[Entry]

    def __init__(self):
        self.entries.append(Entry(1, "one"))

    @gl.public.view
    def names(self) -> list:
        return [__name__, helper.__name__, helper.double(4), contract.absolute.VALUE, DEEP, Multi.__module__]

    @gl.public.view
    def first(self) -> str:
        return self.entries[0].name

    @gl.public.write
    def in_block(self) -> int:
        return gl.eq_principle.strict_eq(lambda: helper.double(contract.absolute.VALUE))

    @gl.public.write
    def fails(self):
        helper.fail()
