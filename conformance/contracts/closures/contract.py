# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass

FACTOR = 3


def helper(x):
    return x * FACTOR


class Plain:
    def __init__(self, x):
        self.x = x

    def twice(self):
        return self.x * 2


@dataclass
class Data:
    x: int


class Closures(gl.Contract):
    value: u256
    names: DynArray[str]
    table: TreeMap[str, u256]

    def __init__(self):
        self.value = 7
        self.names.append("a")
        self.table["k"] = 9

    def _private(self, x):
        return self.value + x

    @gl.public.write
    def module_things(self) -> int:
        local = 10
        plain = Plain(4)
        data = Data(5)

        def nested(x):
            return helper(x) + local

        return gl.eq_principle.strict_eq(lambda: nested(2) + plain.twice() + data.x + FACTOR)

    @gl.public.write
    def with_self(self) -> list:
        def leader():
            return [self.value, list(self.names), self.table["k"], self._private(1)]

        return gl.eq_principle.strict_eq(leader)

    @gl.public.write
    def bound_method(self) -> int:
        return gl.vm.unpack_result(gl.vm.spawn_sandbox(self._five))

    def _five(self):
        return self.value - 2

    @gl.public.write
    def gl_in_closure(self) -> str:
        g = gl

        def leader():
            raise g.vm.UserError(str(g.message.sender_address == gl.message.sender_address))

        try:
            g.eq_principle.strict_eq(leader)
        except gl.vm.UserError as error:
            return error.message

    @gl.public.write
    def writes(self):
        def leader():
            self.value = 1

        return gl.eq_principle.strict_eq(leader)
