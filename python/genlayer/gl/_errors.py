"""Results of sandboxes, and the error a contract raises on purpose."""

from ..py import calldata


class UserError(Exception):
    """Ends the call with a message for its caller."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message

    @property
    def data(self):
        """The message, under the name of the third generation."""
        return self.message

    msg = data

    @staticmethod
    def immediate(message):
        """Ends the sandbox at once."""
        raise ImmediateUserError(message)

    def __eq__(self, other):
        return isinstance(other, UserError) and self.message == other.message

    def __hash__(self):
        return hash(str(self.message))

    def __repr__(self):
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


class _Result:
    __slots__ = ()

    def __eq__(self, other):
        return type(self) is type(other) and self._content() == other._content()

    def __hash__(self):
        return hash(str(self._content()))


class Return(_Result):
    """A sandbox returned a value."""

    __slots__ = ("calldata",)
    __match_args__ = ("calldata",)

    def __init__(self, calldata):
        self.calldata = calldata

    def _content(self):
        return self.calldata

    def __class_getitem__(cls, _item):
        return cls

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
    def public_code(self):
        """The code without its detail."""
        return self.message.split(" # ", 1)[0]

    @property
    def detail(self):
        """What follows the code, or empty."""
        return self.message.partition(" # ")[2]

    def __repr__(self):
        return f"VMError(message={self.message!r})"


def decode_result(data):
    """`[code][data]` of a sandbox as an object."""
    code, rest = data[0], data[1:]
    if code == 0:
        return Return(calldata.decode(rest))
    if code == 1:
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
