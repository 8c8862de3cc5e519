"""Results of sandboxes, and the error a contract raises on purpose."""

from .. import _generation, _suggest
from ..py import calldata

_MISSING = object()
#: Follows the code of a user error that is not text.
_VALUE = 0xFF


class UserError(Exception):
    """Ends the call with a message for its caller."""

    __match_args__ = ("message",)

    def __init__(self, message=_MISSING, *, data=_MISSING):
        if message is _MISSING:
            message = data
        if message is _MISSING:
            raise TypeError('UserError needs a message: `raise gl.vm.UserError("why")`')
        super().__init__(message)
        self.message = message

    @property
    def data(self):
        """The message, under the name of the third generation."""
        return self.message

    msg = data

    @staticmethod
    def immediate(reason):
        """Ends the sandbox at once: nothing in it can catch this, no `finally` runs."""
        end_with_user_error(reason)

    def __eq__(self, other):
        return isinstance(other, UserError) and self.message == other.message

    def __hash__(self):
        return hash(str(self.message))

    def __repr__(self):
        if _generation.any_error():
            return f"UserError({self.message!r})"
        return f"UserError(message={self.message!r})"

    __str__ = __repr__


#: The name of the first generation.
Rollback = UserError


class ImmediateUserError(BaseException):
    """A user error that `except Exception` does not stop."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


def error_text(message):
    """The message of a user error as text; other values in readable calldata."""
    return message if isinstance(message, str) else calldata.to_str(message)


def end_with_user_error(reason):
    """Ends the sandbox through the node, after what was registered with `atexit`."""
    import atexit
    import sys

    # What can not be sent should fail where it is raised.
    calldata.encode(reason)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    send_user_error(reason)
    # Only a stand-in of a node comes back.
    raise ImmediateUserError(reason)


def send_user_error(reason):
    """Tells the node that the sandbox ends with a user error."""
    from ._internal import gl_call

    if _generation.any_error():
        gl_call.request("UserError", reason)
    else:
        gl_call.request("Rollback", error_text(reason))


class _Result:
    __slots__ = ()

    def __eq__(self, other):
        return type(self) is type(other) and self._content() == other._content()

    def __hash__(self):
        return hash(str(self._content()))

    def __getattr__(self, name):
        raise _suggest.unknown(f"`{type(self).__name__}`", name, dir(type(self)), _suggest.RESULT)

    def __class_getitem__(cls, _item):
        return cls


class Return(_Result):
    """A sandbox returned a value."""

    __slots__ = ("calldata",)
    __match_args__ = ("calldata",)

    def __init__(self, calldata):
        self.calldata = calldata

    def _content(self):
        return self.calldata

    @property
    def data(self):
        """The value, under the name of the first generation."""
        return self.calldata

    def __reduce__(self):
        return (Return, (self.calldata,))

    def __repr__(self):
        return f"Return(calldata={self.calldata!r})"


class VMError(_Result):
    """A sandbox failed with a code, e.g. `exit_code 1`."""

    __slots__ = ("message",)
    __match_args__ = ("message",)

    def __init__(self, message):
        self.message = message

    def _content(self):
        return self.message

    @property
    def data(self):
        """The code, under the name of the first generation."""
        return self.message

    @property
    def public_code(self):
        """The code without its detail."""
        return self.message.split(" # ", 1)[0]

    @property
    def detail(self):
        """What follows the code, or empty."""
        return self.message.partition(" # ")[2]

    def __reduce__(self):
        return (VMError, (self.message,))

    def __repr__(self):
        return f"VMError(message={self.message!r})"


class _ResultMeta(type):
    def __instancecheck__(cls, value):
        return isinstance(value, (Return, UserError, VMError))


class Result(metaclass=_ResultMeta):
    """`Return`, `UserError` or `VMError`; `Result[T]` as an annotation says what is returned."""

    def __class_getitem__(cls, _item):
        return cls


def decode_result(data):
    """`[code][data]` of a sandbox as an object."""
    code, rest = data[0], data[1:]
    if code == 0:
        return Return(calldata.decode(rest))
    if code == 1:
        if rest[:1] == bytes([_VALUE]):
            return UserError(calldata.decode(rest[1:]))
        return UserError(rest.decode("utf-8"))
    if code == 2:
        return VMError(rest.decode("utf-8"))
    raise ValueError(f"unknown result code {code}")


def unpack_result(result, /):
    """The value of a `Return`; raises for errors."""
    if isinstance(result, Return):
        return result.calldata
    if isinstance(result, UserError):
        raise result
    raise UserError("vm error: " + result.message)
