"""Sandboxes and non-deterministic blocks."""

from collections.abc import Callable
from typing import Any, Protocol

from ..py.types import Lazy
from ._errors import Result as Result
from ._errors import Return as Return
from ._errors import Rollback as Rollback
from ._errors import UserError as UserError
from ._errors import VMError as VMError
from ._errors import unpack_result as unpack_result
from ._trace import trace as trace
from ._trace import trace_time_micro as trace_time_micro

class _Sandbox(Protocol):
    def __call__[T](
        self,
        fn: Callable[[], T],
        *,
        allow_write_ops: bool = False,
        runner: str = "contract",
        allow_write_storage: bool = False,
        allow_send_messages: bool = False,
        allow_register_runners: bool = False,
    ) -> Result[T]: ...
    def lazy[T](
        self, fn: Callable[[], T], *, allow_write_ops: bool = False, **flags: Any
    ) -> Lazy[Result[T]]: ...

class _Unsafe(Protocol):
    def __call__[T](
        self,
        leader_fn: Callable[[], T],
        validator_fn: Callable[[Any], bool],
        /,
        *,
        catch_vm_error: bool = False,
    ) -> T: ...
    def lazy[T](
        self,
        leader_fn: Callable[[], T],
        validator_fn: Callable[[Any], bool],
        /,
        *,
        catch_vm_error: bool = False,
    ) -> Lazy[T]: ...

class _Compared(Protocol):
    def __call__[T](
        self,
        leader_fn: Callable[[], T],
        validator_fn: Callable[[Any], bool],
        /,
        *,
        compare_user_errors: Callable[[UserError, UserError], bool] = ...,
        compare_vm_errors: Callable[[VMError, VMError], bool] = ...,
    ) -> T: ...
    def lazy[T](
        self,
        leader_fn: Callable[[], T],
        validator_fn: Callable[[Any], bool],
        /,
        *,
        compare_user_errors: Callable[[UserError, UserError], bool] = ...,
        compare_vm_errors: Callable[[VMError, VMError], bool] = ...,
    ) -> Lazy[T]: ...

spawn_sandbox: _Sandbox
run_nondet_unsafe: _Unsafe
run_nondet: _Compared

def same_message(leaders: Any, mine: Any) -> bool: ...
def same_public_code(leaders: VMError, mine: VMError) -> bool: ...
def check_function(where: str, **functions: object) -> None: ...
def run_nondet_first[T](leader_fn: Callable[[], T], validator_fn: Callable[[Any], bool]) -> Lazy[T]: ...
