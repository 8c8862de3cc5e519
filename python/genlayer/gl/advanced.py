"""Rarely needed parts."""

from ._errors import ImmediateUserError, Return, Rollback, UserError, VMError, unpack_result
from ._event import emit_raw_event
from .vm import run_nondet as _run_nondet
from .vm import spawn_sandbox as _spawn_sandbox

ContractReturn = Return
ContractError = VMError


def user_error_immediate(reason):
    """Ends the sandbox at once with a user error."""
    raise ImmediateUserError(reason)


rollback_immediate = user_error_immediate


def run_nondet(leader, validator):
    """The first generation's form: returns a `Lazy`."""
    return _run_nondet.lazy(leader, validator)


def sandbox(fn, *, allow_write_ops=False):
    """The first generation's form: returns a `Lazy` that raises for errors."""
    result = _spawn_sandbox.lazy(fn, allow_write_ops=allow_write_ops)
    return type(result)(lambda: unpack_result(result.get()))


__all__ = [
    "ContractError",
    "ContractReturn",
    "Rollback",
    "UserError",
    "emit_raw_event",
    "rollback_immediate",
    "run_nondet",
    "sandbox",
    "user_error_immediate",
]
