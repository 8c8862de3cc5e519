"""Sandboxes and non-deterministic blocks.

# Invariants
- A leader's value reaches its validators and the contract through calldata: tuples come back as
  lists, dataclasses as maps.
"""

import functools

from ..py.storage._slots import forget
from ._errors import Return, Rollback, UserError, VMError, decode_result, unpack_result
from ._trace import trace, trace_time_micro
from ._internal.gl_call import gl_call_generic, lazy_api, pickled

Result = Return | VMError | UserError


class _Leader:
    """Entry of a leader's sandbox."""

    __slots__ = ("_function",)

    def __init__(self, function):
        self._function = function

    def __reduce__(self):
        return (_Leader, (self._function,))

    def __call__(self, _stage):
        return self._function()


class _Validator:
    """Entry of a validator's sandbox."""

    __slots__ = ("_function",)

    def __init__(self, function):
        self._function = function

    def __reduce__(self):
        return (_Validator, (self._function,))

    def __call__(self, stage):
        return self._function(decode_result(stage["leaders_result"]))


class _Judge:
    """Runs the contract's validator in a sandbox and compares how it ended."""

    __slots__ = ("_parts",)

    def __init__(self, *parts):
        self._parts = parts

    def __reduce__(self):
        return (_Judge, self._parts)

    def __call__(self, leaders):
        validator, same_user_error, same_vm_error = self._parts
        mine = spawn_sandbox(functools.partial(validator, leaders), allow_write_ops=True)
        if isinstance(leaders, Return):
            return self._verdict(mine)
        if isinstance(leaders, UserError) and isinstance(mine, UserError):
            return same_user_error(leaders, mine)
        if isinstance(leaders, VMError) and isinstance(mine, VMError):
            return same_vm_error(leaders, mine)
        return False

    @staticmethod
    def _verdict(mine):
        if not isinstance(mine, Return):
            return False
        if not isinstance(mine.calldata, bool):
            raise TypeError(f"a validator returns True or False, not {mine.calldata!r}")
        return mine.calldata


def same_message(leaders, mine):
    """Whether two errors say the same."""
    return leaders.message == mine.message


@lazy_api
def spawn_sandbox(fn, *, allow_write_ops=False):
    """Runs a function in a fresh sandbox; its failure is a result, not an exception."""
    request = {"Sandbox": {"data": pickled(fn), "allow_write_ops": allow_write_ops}}
    result = gl_call_generic(request, decode_result)
    if allow_write_ops:
        forget()
    return result


@lazy_api
def run_nondet_unsafe(leader_fn, validator_fn, /):
    """Runs `leader_fn` once; validators accept its result if `validator_fn(result)` is True."""
    request = {
        "RunNondet": {
            "data_leader": pickled(_Leader(leader_fn)),
            "data_validator": pickled(_Validator(validator_fn)),
        }
    }
    return gl_call_generic(request, lambda answer: unpack_result(decode_result(answer)))


@lazy_api
def run_nondet(
    leader_fn,
    validator_fn,
    /,
    *,
    compare_user_errors=same_message,
    compare_vm_errors=same_message,
):
    """As `run_nondet_unsafe`; a validator agrees with a failed leader by failing the same way."""
    judge = _Judge(validator_fn, compare_user_errors, compare_vm_errors)
    return run_nondet_unsafe.lazy(leader_fn, judge)


__all__ = [
    "Result",
    "Return",
    "Rollback",
    "UserError",
    "VMError",
    "run_nondet",
    "run_nondet_unsafe",
    "spawn_sandbox",
    "trace",
    "trace_time_micro",
    "unpack_result",
]
