# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Leaders(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def one(self) -> int:
        return gl.eq_principle.strict_eq(lambda: 10)

    @gl.public.write
    def none(self) -> int:
        return 5

    @gl.public.write
    def user_error(self):
        def fail():
            raise gl.vm.UserError("mine")

        return gl.eq_principle.strict_eq(fail)

    @gl.public.write
    def leaves(self):
        return gl.eq_principle.strict_eq(lambda: exit(2))

    @gl.public.write
    def crashes(self):
        return gl.eq_principle.strict_eq(lambda: [][0])

    @gl.public.write
    def caught(self) -> str:
        try:
            gl.eq_principle.strict_eq(lambda: 10)
        except gl.vm.UserError as error:
            return "caught " + str(error.message)

    @gl.public.write
    def judged_true(self) -> int:
        return gl.vm.run_nondet(lambda: 10, lambda leader: True)

    @gl.public.write
    def unsafe_true(self) -> int:
        return gl.vm.run_nondet_unsafe(lambda: 10, lambda leader: True)
