# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Values(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def texts(self) -> list:
        return [
            repr(gl.vm.Return(5)),
            repr(gl.vm.VMError("exit_code 1")),
            str(gl.vm.UserError("no")),
            repr(gl.vm.UserError("no")),
            gl.vm.UserError("no").message,
        ]

    @gl.public.view
    def equality(self) -> list:
        vm = gl.vm
        return [
            vm.Return([1]) == vm.Return([1]),
            vm.Return(1) == vm.Return(2),
            vm.UserError("a") == vm.UserError("a"),
            vm.UserError("a") == vm.UserError("b"),
            vm.VMError("a") == vm.VMError("a"),
            vm.VMError("a") == vm.UserError("a"),
            issubclass(vm.UserError, Exception),
            issubclass(vm.VMError, BaseException),
        ]

    @gl.public.view
    def unpack(self) -> list:
        seen = [gl.vm.unpack_result(gl.vm.Return("value"))]
        for result in (gl.vm.UserError("mine"), gl.vm.VMError("exit_code 1")):
            try:
                gl.vm.unpack_result(result)
            except gl.vm.UserError as error:
                seen.append(error.message)
        return seen

    @gl.public.view
    def matches(self, fail: bool) -> str:
        result = gl.vm.UserError("x") if fail else gl.vm.Return(3)
        match result:
            case gl.vm.Return(calldata=value):
                return f"value {value}"
            case gl.vm.UserError(message=text):
                return f"error {text}"

    @gl.public.view
    def not_a_text(self):
        raise gl.vm.UserError({"code": 5})
