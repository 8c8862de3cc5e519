# v0.1.0
# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *


class First(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def run_nondet(self) -> int:
        def leader():
            return 5

        def validator(result):
            return isinstance(result, gl.advanced.ContractReturn) and result.data == 5

        return gl.advanced.run_nondet(leader, validator).get()

    @gl.public.write
    def leader_fails(self):
        def leader():
            raise Rollback("why")

        def validator(result):
            return isinstance(result, Rollback) and result.msg == "why"

        return gl.advanced.run_nondet(leader, validator).get()

    @gl.public.write
    def sandbox(self) -> list:
        value = gl.advanced.sandbox(lambda: 6).get()

        def fail():
            raise Rollback("inside")

        try:
            gl.advanced.sandbox(fail).get()
        except Rollback as error:
            return [value, error.msg]

    @gl.public.write
    def sandbox_crash(self) -> str:
        try:
            gl.advanced.sandbox(lambda: exit(3)).get()
        except gl.advanced.ContractError as error:
            return str(error.data)

    @gl.public.view
    def has_default_handler(self) -> bool:
        return callable(gl.advanced.validator_handle_rollbacks_and_errors_default)
