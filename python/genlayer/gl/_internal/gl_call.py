"""Requests of the `gl_call` table, and the lazy form of the functions that make them."""

import functools

from ... import _host
from ...py import calldata
from ...py.types import Lazy


def request(name, fields):
    """Sends one request; returns the bytes of the answer or None."""
    return _host.gl_call(calldata.encode({name: fields}), name)


def gl_call_generic(data, after):
    """Sends a request map; the answer is read by `after` when it is asked for."""
    answer = _host.gl_call(calldata.encode(data), next(iter(data)))
    if answer is None:
        return Lazy(lambda: None)
    return Lazy(lambda: after(answer))


def lazy_api(make):
    """Turns a function that returns a `Lazy` into one that returns the value and has `.lazy`."""

    @functools.wraps(make)
    def eager(*args, **kwargs):
        return make(*args, **kwargs).get()

    eager.lazy = make
    return eager


def pickled(value):
    """A callable as bytes for another sandbox."""
    import cloudpickle

    return cloudpickle.dumps(value)


def contract_return(value):
    """Ends the sandbox at once with a value."""
    request("Return", value)


def rollback(reason):
    """Ends the sandbox at once with a user error."""
    from .._errors import end_with_user_error

    end_with_user_error(reason)


user_error = rollback
