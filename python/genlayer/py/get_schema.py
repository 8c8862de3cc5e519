"""The schema of a contract: its constructor and public methods as JSON.

# Invariants
- Hooks (`__receive__` and the like) are left out, so that contracts with hooks have a schema.
- A contract without a constructor of its own has the base's, which has no parameters.
"""

import collections.abc
import datetime
import decimal
import inspect
import json
import types
import typing

from .. import _generation
from .storage import Array, DynArray, TreeMap
from .types import Address

_SIMPLE = {
    inspect.Parameter.empty: "any",
    typing.Any: "any",
    None: "null",
    type(None): "null",
    bool: "bool",
    str: "string",
    bytes: "bytes",
    Address: "address",
}
_LISTS = (list, collections.abc.Sequence, collections.abc.MutableSequence, DynArray, Array)
#: What to write for types that calldata has not.
_INSTEAD = {
    float: "use `str`, or a whole number of the smallest unit (`int`)",
    complex: "use two whole numbers",
    set: "use `list`",
    frozenset: "use `list`",
    bytearray: "use `bytes`",
    datetime.datetime: "use `str` with `moment.isoformat()`, or `int` seconds",
    datetime.date: "use `str` with `day.isoformat()`",
    datetime.timedelta: "use `int` seconds",
    decimal.Decimal: "use `str`, or a whole number of the smallest unit (`int`)",
}
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping, TreeMap)


def type_schema(annotation):
    """The JSON form of one annotation; raises `TypeError` for types that calldata has not."""
    try:
        simple = _SIMPLE.get(annotation)
    except TypeError:
        simple = None
    if simple is not None:
        return simple
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is not None:
        return _generic(annotation, origin, args)
    if isinstance(annotation, type):
        return _class(annotation)
    raise TypeError(f"type is not supported in a schema: `{annotation!r}`")


def _class(cls):
    if issubclass(cls, int):
        return "int"
    if issubclass(cls, _LISTS) or cls is tuple:
        return "array"
    if issubclass(cls, _MAPS) and not typing.is_typeddict(cls):
        return "dict"
    if hasattr(cls, "__dataclass_fields__"):
        hints = typing.get_type_hints(cls)
        return {name: type_schema(hints[name]) for name in cls.__dataclass_fields__}
    advice = _INSTEAD.get(cls)
    raise TypeError(
        f"calldata has no `{cls.__name__}`: {advice}"
        if advice
        else f"class is not supported in a schema: `{cls.__name__}`; make it a dataclass, or use a type of calldata"
    )


def _generic(annotation, origin, args):
    if origin is typing.Union or origin is types.UnionType:
        return {"$or": [type_schema(arg) for arg in args]}
    if origin is typing.Literal:
        return _literal(args)
    if origin is typing.Annotated:
        return type_schema(args[0])
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return [{"$rep": type_schema(args[0])}]
        return [type_schema(arg) for arg in args]
    if origin in _LISTS:
        return [{"$rep": type_schema(args[0])}]
    if origin in _MAPS:
        if args[0] is not str:
            raise TypeError(f"keys of a map in a schema are `str`: `{annotation!r}`")
        return {"$dict": type_schema(args[1])}
    raise TypeError(f"type is not supported in a schema: `{annotation!r}`")


def _literal(values):
    """From the third generation on, literals of one simple type have that type."""
    kinds = {type(value) for value in values}
    if _generation.number >= 3 and len(kinds) == 1:
        kind = kinds.pop()
        if kind in (str, bool, int):
            return type_schema(kind)
    return "any"


def _signature(function):
    try:
        return inspect.signature(function, eval_str=True)
    except NameError as error:
        raise TypeError(f"annotation of `{function.__qualname__}`: {error}") from None


def place_of(function):
    """`file:line` where a function begins, or empty."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def _typed(function, what, annotation):
    """The schema of one annotation of a method; an error says which, and has the method's line."""
    try:
        return type_schema(annotation)
    except TypeError as error:
        told = TypeError(f"`{function.__qualname__}`, {what}: {error}")
        told.place = place_of(function)
        raise told from None


def _params(function):
    """The `params` and `kwparams` of a function, and its signature."""
    signature = _signature(function)
    params, kwparams = [], {}
    rest = list(signature.parameters.values())
    if not rest or rest[0].name != "self":
        raise TypeError(f"the first parameter of `{function.__qualname__}` must be `self`")
    for parameter in rest[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"`{parameter}` of `{function.__qualname__}`: no variable parameters")
        kind = _typed(function, f"parameter `{parameter.name}`", parameter.annotation)
        if parameter.kind is parameter.KEYWORD_ONLY:
            name = parameter.name
            kwparams["$" + name if name.startswith("$") else name] = kind
        else:
            params.append([parameter.name, kind])
    return {"params": params, "kwparams": kwparams}, signature


def _method(function):
    result, signature = _params(function)
    for key in ("min_gas_leader", "min_gas_validator"):
        least = getattr(function, f"__gl_{key}__", 0)
        if least:
            result[key] = least
    readonly = function.__gl_readonly__
    result["readonly"] = readonly
    result["ret"] = _typed(function, "the result", signature.return_annotation)
    if not readonly:
        result["payable"] = getattr(function, "__gl_payable__", False)
    return result


def get_schema(cls):
    """The schema of a contract class."""
    ctor = _params(cls.__init__)[0]
    methods = {}
    for name in sorted(dir(cls)):
        method = getattr(cls, name, None)
        if not name.startswith("__") and getattr(method, "__gl_public__", False):
            methods[name] = _method(method)
    return {"ctor": ctor, "methods": methods}


def schema_text(cls):
    """The schema as compact JSON."""
    return json.dumps(get_schema(cls), separators=(",", ":"))
