# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *


def fail(how: str):
    if how == "rollback":
        raise Rollback("no")
    if how == "error":
        raise ValueError("no")
    return how


class FirstGeneration(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def compared(self, leader: str, validator: str) -> str:
        """A validator that uses the helper for failures."""

        def judge(leaders):
            mine, theirs = gl.advanced.validator_handle_rollbacks_and_errors_default(
                lambda: fail(validator), leaders
            )
            return mine == theirs

        return gl.advanced.run_nondet(lambda: fail(leader), judge)

    @gl.public.write
    def judged(self, leader: str, verdict: bool) -> str:
        """A verdict counts, whatever the leader's result is."""
        return gl.advanced.run_nondet(lambda: fail(leader), lambda leaders: verdict).get()

    @gl.public.write
    def exact(self, how: str) -> str:
        return gl.eq_principle_strict_eq(lambda: fail(how))

    @gl.public.write
    def asked(self) -> str:
        return gl.eq_principle_strict_eq(lambda: gl.exec_prompt("colour?") + gl.get_webpage("https://a.org"))

    @gl.public.view
    def sandboxes(self) -> list:
        out = [gl.advanced.sandbox(lambda: fail("fine")).get()]
        for how in ("rollback", "error"):
            try:
                gl.advanced.sandbox(lambda: fail(how)).get()
            except Rollback as error:
                out.append(["rollback", error.msg])
            except gl.advanced.ContractError as error:
                out.append(["error", error.data])
        return out

    @gl.public.view
    def at_once(self):
        try:
            gl.advanced.rollback_immediate("stop")
        except BaseException:
            return "caught"
        finally:
            print("never")
