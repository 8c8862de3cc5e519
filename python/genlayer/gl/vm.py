"""Sandboxes and non-deterministic blocks.

# Invariants
- A leader's value reaches its validators and the contract through calldata: tuples come back as
  lists, dataclasses as maps.
- Here `run_nondet` compares errors and `run_nondet_unsafe` trusts the validator alone; in
  `genlayer.vm` these are `run_nondet_default` and `run_nondet`.
"""

import functools

from .. import _host, _suggest
from ..py.storage._slots import forget
from ..py.types import Lazy
from . import _tools
from ._errors import (
    Result,
    Return,
    Rollback,
    UserError,
    VMError,
    decode_result,
    unpack_result,
)
from ._internal.gl_call import gl_call_generic, lazy_api, pickled
from ._trace import trace, trace_time_micro


class _Entry:
    """A function with its settings, pickled by reference."""

    __slots__ = ("_parts",)

    def __init__(self, *parts):
        self._parts = parts

    def __reduce__(self):
        return (type(self), self._parts)


class _Leader(_Entry):
    """Entry of a leader's sandbox."""

    __slots__ = ()

    def __call__(self, _stage):
        return self._parts[0]()


class _Validator(_Entry):
    """Entry of a validator's sandbox."""

    __slots__ = ()

    def __call__(self, stage):
        leaders = stage["leaders_result"] if "leaders_result" in stage else stage["leader_result"]
        return self._parts[0](decode_result(leaders))


class _Judge(_Entry):
    """Runs the contract's validator in a sandbox and compares how it ended."""

    __slots__ = ()

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


class _FirstJudge(_Entry):
    """The first generation's: a returned verdict counts whatever the leader's result is, a failure
    agrees with a failure of its kind."""

    __slots__ = ()

    def __call__(self, leaders):
        mine = spawn_sandbox(functools.partial(self._parts[0], leaders), allow_write_ops=True)
        if isinstance(mine, Return):
            return mine.calldata is True
        if isinstance(mine, UserError):
            return mine == leaders
        return isinstance(leaders, VMError)


def same_message(leaders, mine):
    """Whether two errors say the same."""
    return leaders.message == mine.message


def same_public_code(leaders, mine):
    """Whether two failures have the same code, whatever their details."""
    return leaders.public_code == mine.public_code


def check_function(where, **functions):
    """Says which argument should have been a function."""
    for name, value in functions.items():
        if not callable(value):
            raise TypeError(
                f"`{where}`: `{name}` must be a function, not {type(value).__name__}; "
                "pass the function itself, without calling it"
            )


@lazy_api
def spawn_sandbox(
    fn,
    *,
    allow_write_ops=False,
    runner="contract",
    allow_write_storage=False,
    allow_send_messages=False,
    allow_register_runners=False,
):
    """Runs a function in a fresh sandbox; its failure is a result, not an exception."""
    check_function("spawn_sandbox", fn=fn)
    if not _host.installed():
        return Lazy(lambda: _tools.run_here(fn))
    fields = {"data": pickled(fn), "allow_write_ops": allow_write_ops}
    if runner != "contract":
        fields["runner"] = runner
    for name, allowed in (
        ("allow_write_storage", allow_write_storage),
        ("allow_send_messages", allow_send_messages),
        ("allow_register_runners", allow_register_runners),
    ):
        if allowed:
            fields[name] = True
    result = gl_call_generic({"Sandbox": fields}, decode_result)
    if allow_write_ops or allow_write_storage:
        forget()
    return result


@lazy_api
def run_nondet_unsafe(leader_fn, validator_fn, /, *, catch_vm_error=False):
    """Runs `leader_fn` once; validators accept its result if `validator_fn(result)` is True.

    With `catch_vm_error` a machine error of the leader is the value; without, it is raised.
    """
    check_function("run_nondet_unsafe", leader_fn=leader_fn, validator_fn=validator_fn)
    fields = {
        "data_leader": pickled(_Leader(leader_fn)),
        "data_validator": pickled(_Validator(validator_fn)),
    }
    if catch_vm_error:
        fields["catch_vm_error"] = True

    def value(answer):
        result = decode_result(answer)
        return result if catch_vm_error and isinstance(result, VMError) else unpack_result(result)

    return gl_call_generic({"RunNondet": fields}, value)


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
    check_function("run_nondet", leader_fn=leader_fn, validator_fn=validator_fn)
    judge = _Judge(validator_fn, compare_user_errors, compare_vm_errors)
    return run_nondet_unsafe.lazy(leader_fn, judge)


def run_nondet_first(leader_fn, validator_fn):
    """The first generation's form: a `Lazy`, and its own way to compare failures."""
    check_function("run_nondet", leader_fn=leader_fn, validator_fn=validator_fn)
    return run_nondet_unsafe.lazy(leader_fn, _FirstJudge(validator_fn))


__getattr__ = _suggest.of_module(__name__, _suggest.VM, "gl.vm.")

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
