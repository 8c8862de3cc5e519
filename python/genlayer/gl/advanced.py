"""Rarely needed parts; most are of the first generation."""

from .. import _suggest
from ..py.keccak import keccak256
from ._errors import Return, Rollback, UserError, VMError, end_with_user_error, unpack_result
from ._event import emit_raw_event as _emit_topics
from ._event import topic as _topic
from ._internal.gl_call import contract_return as _return_at_once
from .vm import run_nondet_first as _run_nondet
from .vm import spawn_sandbox as _spawn_sandbox

ContractReturn = Return


class _AnyFailure(type):
    def __instancecheck__(cls, value):
        return isinstance(value, VMError) or type.__instancecheck__(cls, value)


class ContractError(Exception, metaclass=_AnyFailure):
    """A sandbox failed: what `sandbox(...).get()` raises, and what a `VMError` is an instance of."""

    def __init__(self, data):
        super().__init__(data)
        self.data = data


def user_error_immediate(reason):
    """Ends the sandbox at once with a user error."""
    end_with_user_error(reason)


rollback_immediate = user_error_immediate


def run_nondet(leader_fn, validator_fn):
    """The first generation's form: returns a `Lazy`."""
    return _run_nondet(leader_fn, validator_fn)


def _value_or_raise(result):
    if isinstance(result, VMError):
        raise ContractError(result.message)
    return unpack_result(result)


def sandbox(fn, *, allow_write_ops=False):
    """The first generation's form: returns a `Lazy` that raises for errors."""
    result = _spawn_sandbox.lazy(fn, allow_write_ops=allow_write_ops)
    return type(result)(lambda: _value_or_raise(result.get()))


def validator_handle_rollbacks_and_errors_default(fn, leaders_result):
    """`(mine, leader's)` when both succeeded; else the validator ends here: it agrees with a user
    error of the same message, and with a failure if it failed, too."""
    try:
        mine = fn()
    except Rollback as error:
        verdict = error == leaders_result
    except Exception:
        verdict = isinstance(leaders_result, VMError)
    else:
        if isinstance(leaders_result, Return):
            return mine, leaders_result.calldata
        verdict = False
    _return_at_once(verdict)
    # Only a stand-in of a node comes back.
    raise RuntimeError(f"the validator ended with {verdict}")


def emit_raw_event(topics, blob, old_blob=None):
    """Emits an event from ready topics (32 bytes each). The first generation's form, a name, names
    of indexed fields and a blob, is taken, too."""
    if not isinstance(topics, str):
        _emit_topics(topics, blob)
        return
    names = sorted(blob)
    signature = f"{topics}({','.join(names)})"
    ready = [keccak256(signature.encode("utf-8")), *(_topic(old_blob[name]) for name in names)]
    _emit_topics(ready, old_blob)


__getattr__ = _suggest.of_module(__name__, _suggest.VM, "gl.advanced.")

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
    "validator_handle_rollbacks_and_errors_default",
]
