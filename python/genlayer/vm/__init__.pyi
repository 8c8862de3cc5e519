"""Sandboxes, under the third generation's name."""

import datetime as _datetime
from collections.abc import Buffer, Callable
from typing import Any, Protocol

from ..gl._errors import Result as Result
from ..gl._errors import Return as Return
from ..gl._errors import UserError as UserError
from ..gl._errors import VMError as VMError
from ..gl._errors import unpack_result as unpack_result
from ..gl._trace import trace as trace
from ..gl._trace import trace_time_micro as trace_time_micro
from ..gl.vm import _Compared
from ..gl.vm import _Unsafe
from ..py.types import Lazy
from . import public_abi

class _Sandbox(Protocol):
    def __call__[T](
        self,
        fn: Callable[[], T],
        *,
        runner: str = "contract",
        allow_write_storage: bool = False,
        allow_send_messages: bool = False,
        allow_register_runners: bool = False,
    ) -> Result[T]: ...
    def lazy[T](self, fn: Callable[[], T], *, runner: str = "contract", **flags: Any) -> Lazy[Result[T]]: ...

ABI = public_abi
spawn_sandbox: _Sandbox
run_nondet: _Unsafe
run_nondet_default: _Compared

def yield_() -> None: ...
def get_timestamp() -> _datetime.datetime: ...
def register_runner(code: Buffer) -> str: ...
def map_file(runner: str, path_in_runner: str, path_in_vfs: str) -> None: ...

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
