"""What a call object does: constructor, method, transfer or schema.

# Invariants
- The order of checks is the documented one; locks are set before the constructor runs.
- What a contract puts on `self` without declaring it is gone after the call, and said so on stderr.
"""

import inspect
import sys

from .. import _generation, _suggest
from ..py.storage.root import Root
from ._contract import contract_class
from ._message import message, message_raw


def _public(method):
    return getattr(method, "__gl_public__", False)


def _usable(method):
    """Whether a hook is implemented, public and takes the value that came."""
    if not _public(method) or getattr(method, "__isabstractmethod__", False):
        return False
    return message.value == 0 or getattr(method, "__gl_payable__", False)


def _instance(cls):
    return Root.get().get_contract_instance(cls)


def _warn_of_defaults(cls):
    """One line at deploy for each field whose value in the class body has no effect."""
    for name in cls.__gl_ignored_defaults__:
        sys.stderr.write(
            f"warning: the value of `{cls.__name__}.{name}` in the class body is ignored, as stored "
            f"fields start at zero; set it in `__init__`, or leave the type out if it is a constant: "
            f"`{name} = ...`\n"
        )


def run_call(call):
    """Runs a main entry on the imported contract and returns its value."""
    cls = contract_class()
    if cls is None:
        raise Exception("no contract defined")
    if not isinstance(call, dict):
        raise TypeError(f"the call must be a map, not {type(call).__name__}")
    args, kwargs = call.get("args") or [], call.get("kwargs") or {}
    if message_raw["is_init"]:
        Root.get().lock_default()
        _warn_of_defaults(cls)
        return _call(cls, "__init__", args, kwargs)
    name = call.get("method", call.get("", ""))
    if not isinstance(name, str):
        raise TypeError(f"the method name must be text, not {type(name).__name__}")
    return _run_named(cls, name, args, kwargs)


def _call(cls, name, args, kwargs):
    """Calls a method on the contract's view object."""
    instance = _instance(cls)
    value = getattr(instance, name)(*args, **kwargs)
    if inspect.iscoroutine(value):
        raise _async(name, value)
    for lost, kept in instance.__dict__.items():
        if not lost.startswith("_") and not hasattr(getattr(cls, lost, None), "__get__"):
            note = f"note: `self.{lost}` is lost after this call: declare it in the class body"
            print(f"{note} (`{lost}: {_suggest.stored_type(kept)}`, for example)", file=sys.stderr)
    return value


def _async(name, coroutine):
    """The error of an `async` method, of which no line has run."""
    coroutine.close()
    error = TypeError(
        f"coroutine: method `{name}` is `async`, but nothing is awaited in a contract; write "
        f"`def {name}(...)`, and leave every `await` out"
    )
    error.place = f"{coroutine.cr_code.co_filename}:{coroutine.cr_code.co_firstlineno}"
    return error


def _run_named(cls, name, args, kwargs):
    if name == "#error" and _generation.number < 3:
        return _call(cls, "__on_errored_message__", (), {})
    if name == "#get-schema":
        return cls.__get_schema__()
    if name == "":
        return _run_nameless(cls, args, kwargs)
    if name.startswith("__"):
        raise ValueError(f"calls to methods that start with __ is forbidden: `{name}`")
    if name.startswith("#"):
        raise ValueError(f"unknown special method `{name}`")
    method = getattr(cls, name, None)
    if method is None:
        return _run_undefined(cls, name, args, kwargs)
    if not _public(method) or getattr(method, "__isabstractmethod__", False):
        raise ValueError(f"call to private method `{name}`")
    if message.value and not getattr(method, "__gl_payable__", False):
        raise ValueError(f"called non-payable method `{name}` with non-zero value {message.value}")
    return _call(cls, name, args, kwargs)


def _run_nameless(cls, args, kwargs):
    if _usable(cls.__receive__):
        return _call(cls, "__receive__", args, kwargs)
    return _run_undefined(cls, "", args, kwargs)


def _run_undefined(cls, name, args, kwargs):
    if _usable(cls.__handle_undefined_method__):
        return _call(cls, "__handle_undefined_method__", (name, args, kwargs), {})
    if name:
        raise ValueError(f"`{cls.__name__}` has no method `{name}`{_similar(cls, name)}")
    raise ValueError(f"`{cls.__name__}` does not take plain transfers: no payable `__receive__`")


def _similar(cls, name):
    close = _suggest.nearest(name, [item for item in dir(cls) if _public(getattr(cls, item, None))])
    return f". Did you mean {' or '.join(f'`{item}`' for item in close)}?" if close else ""
