"""Notes for people, outside of the result."""

from ..py import calldata
from ._internal.gl_call import request


def trace(*objs, sep=" "):
    """Leaves a message in the execution's trace."""
    request("Trace", {"Message": sep.join(map(str, objs))})


def trace_time_micro():
    """Microseconds since the start; 0 where that would not be deterministic."""
    answer = request("Trace", {"RuntimeMicroSec": None})
    return 0 if answer is None else calldata.decode(answer)
