# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Errors(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def user(self):
        def fail():
            raise gl.vm.UserError("nondet says no")

        return gl.eq_principle.strict_eq(fail)

    @gl.public.write
    def immediate(self):
        def fail():
            try:
                gl.advanced.user_error_immediate("at once")
            except BaseException:
                return "not reached"

        return gl.eq_principle.strict_eq(fail)

    @gl.public.write
    def caught(self) -> str:
        def fail():
            raise gl.vm.UserError("nondet says no")

        try:
            gl.eq_principle.strict_eq(fail)
        except gl.vm.UserError as error:
            return "caught " + str(error)

    @gl.public.write
    def machine_error_is_final(self) -> str:
        try:
            gl.eq_principle.strict_eq(lambda: exit(4))
        except BaseException:
            return "caught"

    @gl.public.write
    def web_in_det(self):
        return gl.nondet.web.render("https://example.org/", mode="text")

    @gl.public.write
    def prompt_in_det(self):
        return gl.nondet.exec_prompt("hello")
