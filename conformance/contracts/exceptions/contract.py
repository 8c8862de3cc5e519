# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Custom(Exception):
    pass


def helper(value):
    raise Custom(f"bad value {value}")


class Raises(gl.Contract):
    table: TreeMap[str, u256]

    def __init__(self):
        pass

    @gl.public.write
    def value_error(self):
        raise ValueError("not now")

    @gl.public.write
    def asserts(self):
        assert 1 == 2, "one is not two"

    @gl.public.write
    def in_helper(self):
        helper(5)

    @gl.public.write
    def chained(self):
        try:
            {}["x"]
        except KeyError as error:
            raise gl.vm.UserError("chained") from error

    @gl.public.write
    def missing_key(self):
        return self.table["absent"]

    @gl.public.write
    def name_error(self):
        return undefined_name

    @gl.public.write
    def group(self):
        raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])

    @gl.public.write
    def keyboard(self):
        raise KeyboardInterrupt()

    @gl.public.write
    def surrogate(self):
        return "\ud800"

    @gl.public.write
    def surrogate_error(self):
        raise gl.vm.UserError("\ud800")

    @gl.public.write
    def subclass(self):
        class Mine(gl.vm.UserError):
            pass

        raise Mine("a kind of user error")
