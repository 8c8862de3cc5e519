# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import json


class Sandboxes(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def printed(self):
        def inside():
            print("inside")
            return 1

        print("before")
        print(gl.vm.spawn_sandbox(inside))
        print("after")

    @gl.public.write
    def endings(self):
        def refuse():
            raise gl.vm.UserError("RB")

        def nested():
            return repr(gl.vm.spawn_sandbox(lambda: exit(1)))

        print(gl.vm.spawn_sandbox(lambda: exit(1)))
        print(gl.vm.spawn_sandbox(lambda: exit(0)))
        print(repr(gl.vm.spawn_sandbox(refuse)))
        print(gl.vm.spawn_sandbox(lambda: [][0]))
        print(gl.vm.spawn_sandbox(nested))
        print(gl.vm.spawn_sandbox(lambda: 1.5))

    @gl.public.write
    def in_a_block(self):
        def block():
            def spoil():
                json.loads = lambda _: "spoiled"
                return json.loads("1")

            result = gl.vm.spawn_sandbox(spoil).calldata
            return [result, json.loads("1"), repr(gl.vm.spawn_sandbox(lambda: exit(1)))]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def forbidden(self):
        def attempt():
            seen = []
            for action in (
                lambda: gl.get_contract_at(gl.message.contract_address).view().printed(),
                lambda: gl.get_contract_at(gl.message.contract_address).emit().printed(),
                lambda: gl.vm.run_nondet_unsafe(lambda: 1, lambda _: True),
            ):
                try:
                    action()
                    seen.append("done")
                except SystemError as error:
                    seen.append(str(error))
            return seen

        return [gl.vm.spawn_sandbox(attempt).calldata, gl.vm.spawn_sandbox(attempt, allow_write_ops=True).calldata]
