"""Rarely needed parts; most are of the first generation."""

from collections.abc import Callable
from typing import Any, NoReturn

from ..py.types import Lazy
from ._errors import Return as _Return
from ._errors import Rollback as Rollback
from ._errors import UserError as UserError

ContractReturn = _Return

class ContractError(Exception):
    """A sandbox failed."""

    data: str

    def __init__(self, data: str) -> None: ...

def user_error_immediate(reason: Any) -> NoReturn: ...
def rollback_immediate(reason: Any) -> NoReturn: ...
def run_nondet[T](leader_fn: Callable[[], T], validator_fn: Callable[[Any], bool]) -> Lazy[T]: ...
def sandbox[T](fn: Callable[[], T], *, allow_write_ops: bool = False) -> Lazy[T]: ...
def validator_handle_rollbacks_and_errors_default[T](
    fn: Callable[[], T], leaders_result: Any
) -> tuple[T, T]: ...
def emit_raw_event(topics: Any, blob: Any, old_blob: Any = None) -> None: ...
