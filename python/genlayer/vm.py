"""Sandboxes, under the third generation's name.

# Invariants
- Here `run_nondet` trusts the validator's answer alone; the comparing form is
  `run_nondet_default`. In `genlayer.gl.vm` the names mean the opposite.
"""

from .gl._errors import Return, UserError, VMError, unpack_result
from .gl._trace import trace, trace_time_micro
from .gl.vm import Result, spawn_sandbox
from .gl.vm import run_nondet as run_nondet_default
from .gl.vm import run_nondet_unsafe as run_nondet

__all__ = [
    "Result",
    "Return",
    "UserError",
    "VMError",
    "run_nondet",
    "run_nondet_default",
    "spawn_sandbox",
    "trace",
    "trace_time_micro",
    "unpack_result",
]
