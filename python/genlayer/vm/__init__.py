"""Sandboxes, under the third generation's name.

# Invariants
- Here `run_nondet` trusts the validator's answer alone; the comparing form is
  `run_nondet_default`. In `genlayer.gl.vm` the names mean the opposite.
"""

import datetime as _datetime

from .. import _host, _suggest
from ..gl import vm as _vm
from ..gl._errors import Result, Return, UserError, VMError, unpack_result
from ..gl._internal.gl_call import gl_call_generic, lazy_api, request
from ..gl._trace import trace, trace_time_micro
from ..gl.vm import run_nondet_unsafe as run_nondet
from ..py import calldata
from . import public_abi as ABI


@lazy_api
def spawn_sandbox(
    fn,
    *,
    runner="contract",
    allow_write_storage=False,
    allow_send_messages=False,
    allow_register_runners=False,
):
    """Runs a function in a fresh sandbox; its failure is a result, not an exception."""
    return _vm.spawn_sandbox.lazy(
        fn,
        runner=runner,
        allow_write_storage=allow_write_storage,
        allow_send_messages=allow_send_messages,
        allow_register_runners=allow_register_runners,
    )


@lazy_api
def run_nondet_default(
    leader_fn,
    validator_fn,
    /,
    *,
    compare_user_errors=_vm.same_message,
    compare_vm_errors=_vm.same_public_code,
):
    """As `run_nondet`; a validator agrees with a failed leader by failing the same way."""
    return _vm.run_nondet.lazy(
        leader_fn,
        validator_fn,
        compare_user_errors=compare_user_errors,
        compare_vm_errors=compare_vm_errors,
    )


def yield_():
    """Lets others go first, where there are others."""
    request("Yield", None)


def get_timestamp():
    """The transaction's time; in a non-deterministic block the time of the machine."""
    seconds = calldata.decode(request("GetTimestamp", None))
    return _datetime.datetime.fromtimestamp(seconds, _datetime.timezone.utc)


def register_runner(code):
    """Registers an archive for sandboxes of this run; returns its `custom:` id."""
    return gl_call_generic({"RegisterRunner": {"code": bytes(code)}}, calldata.decode).get()


def map_file(runner, path_in_runner, path_in_vfs):
    """Shows a file of a runner's archive, or a folder (`/` at its end), at a path."""
    fields = {"runner": runner, "path_in_runner": path_in_runner, "path_in_vfs": path_in_vfs}
    answer = request("MapFile", fields)
    for path, data in calldata.decode(answer) if answer else ():
        _host.show_file(path, data)


__getattr__ = _suggest.of_module(__name__, _suggest.VM, "gl.vm.")

__all__ = [
    "ABI",
    "Result",
    "Return",
    "UserError",
    "VMError",
    "get_timestamp",
    "map_file",
    "register_runner",
    "run_nondet",
    "run_nondet_default",
    "spawn_sandbox",
    "trace",
    "trace_time_micro",
    "unpack_result",
    "yield_",
]
