"""Results of sandboxes, and the error a contract raises on purpose."""

from typing import Any, NoReturn

from typing_extensions import TypeVar

class UserError(Exception):
    """Ends the call with a message for its caller."""

    message: Any

    def __init__(self, message: Any = ..., *, data: Any = ...) -> None: ...
    @property
    def data(self) -> Any: ...
    @property
    def msg(self) -> Any: ...
    @staticmethod
    def immediate(reason: Any) -> NoReturn: ...

Rollback = UserError

class ImmediateUserError(BaseException):
    message: Any

    def __init__(self, message: Any) -> None: ...

class Return[T]:
    """A sandbox returned a value."""

    calldata: T

    def __init__(self, calldata: T) -> None: ...
    @property
    def data(self) -> T: ...

class VMError:
    """A sandbox failed with a code, e.g. `exit_code 1`."""

    message: str

    def __init__(self, message: str) -> None: ...
    @property
    def data(self) -> str: ...
    @property
    def public_code(self) -> str: ...
    @property
    def detail(self) -> str: ...

_T = TypeVar("_T", default=Any)
Result = Return[_T] | VMError | UserError

def error_text(message: Any) -> str: ...
def end_with_user_error(reason: Any) -> NoReturn: ...
def send_user_error(reason: Any) -> None: ...
def decode_result(data: bytes) -> Result: ...
def unpack_result[T](result: Result[T], /) -> T: ...
