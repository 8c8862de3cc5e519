"""What a typed answer looks like: JSON Schema, from what is easier to write.

| written | is |
| --- | --- |
| `bool`, `int`, `str` | true or false, a whole number, text of at most 500 characters |
| `range(0, 100)` | a whole number from 0 to 99 |
| `gl.nondet.text(40)` | text of at most 40 characters |
| `decimal.Decimal`, `float` | a decimal number; arrives as text, read as `Decimal` |
| `datetime.date` | a day; arrives as `"2026-03-07"`, read as `date` |
| `["yes", "no"]`, `Literal["yes", "no"]` | one of these texts |
| `X \\| None`, `Optional[X]` | may be missing |
| `Annotated[int, range(0, 100)]` | as its second part, for fields of dataclasses |
| `list[X]`, a dict, a dataclass | several, a record (not for `extract`) |

# Not here
- Whether an answer fits: the node checks that.
"""

import dataclasses
import datetime
import decimal
import json
import types
import typing

_HINT = (
    "int, str, bool, range(0, 100), gl.nondet.text(40), decimal.Decimal, datetime.date, a list of choices, "
    "or one of these `| None`"
)


class Text:
    """Text of at most so many characters."""

    __slots__ = ("most",)

    def __init__(self, most):
        self.most = most


def text(most):
    """Text of at most `most` characters, in a schema."""
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ValueError(f"`gl.nondet.text`: `most` is a whole number from 1 on, not {most!r}")
    return Text(most)


def of(schema, where):
    """`(JSON Schema, readers)` of a schema; `readers` turn plain values of fields into the types asked for."""
    if isinstance(schema, dict) and schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        return schema, {}
    fields = _fields(schema, where)
    if not fields:
        raise ValueError(f"`{where}`: the schema has no fields")
    readers = {}
    for name, kind in fields.items():
        reader = _reader(kind)
        if reader:
            readers[name] = reader
    return _record(fields, where), readers


def as_text(schema):
    """JSON text of a schema."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _fields(schema, where):
    """Name and type of each field."""
    if isinstance(schema, dict):
        return schema
    if isinstance(schema, type) and dataclasses.is_dataclass(schema):
        hints = typing.get_type_hints(schema, include_extras=True)
        return {field.name: _defaulted(field, hints[field.name]) for field in dataclasses.fields(schema)}
    raise TypeError(
        f"`{where}`: `schema` is a dict of names and types, a dataclass or a JSON Schema, not {_name(schema)}"
    )


def _defaulted(field, kind):
    missing = dataclasses.MISSING
    if field.default is missing and field.default_factory is missing:
        return kind
    return typing.Optional[kind]


def _record(fields, where):
    properties, required = {}, []
    for name, kind in fields.items():
        if not isinstance(name, str):
            raise TypeError(f"`{where}`: names of fields are text, not {_name(name)}")
        inner, optional = _without_none(kind)
        properties[name] = _shape(inner, f"{where}`: `{name}")
        if not optional:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def _without_none(kind):
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [part for part in typing.get_args(kind) if part is not type(None)]
        if len(rest) == 1 and len(rest) < len(typing.get_args(kind)):
            return rest[0], True
    return kind, False


def _shape(kind, where):
    plain = {bool: "boolean", int: "integer", str: "string", float: "number", decimal.Decimal: "number"}
    if isinstance(kind, type) and kind in plain:
        return {"type": plain[kind]}
    if kind is datetime.date:
        return {"type": "string", "format": "date"}
    if isinstance(kind, range):
        return _bounds(kind, where)
    if isinstance(kind, Text):
        return {"type": "string", "maxLength": kind.most}
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        ruling = [part for part in args[1:] if isinstance(part, (range, Text, list, tuple))]
        return _shape(ruling[0] if ruling else args[0], where)
    if origin is typing.Literal:
        return _choices(args, where)
    if isinstance(kind, (list, tuple)):
        return _choices(kind, where)
    if origin is list and len(args) == 1:
        return {"type": "array", "items": _shape(args[0], where)}
    if isinstance(kind, dict) and isinstance(kind.get("type"), (str, list)) or isinstance(kind, dict) and "enum" in kind:
        return kind
    if isinstance(kind, dict) or dataclasses.is_dataclass(kind):
        return _record(_fields(kind, where), where)
    raise TypeError(f"`{where}` is {_name(kind)}, which no model can be asked for; use {_HINT}")


def _bounds(kind, where):
    if kind.step != 1 or not kind:
        raise ValueError(f"`{where}` is {kind}: write `range(first, last + 1)`, without gaps")
    return {"type": "integer", "minimum": kind.start, "maximum": kind.stop - 1}


def _choices(choices, where):
    wrong = [choice for choice in choices if not isinstance(choice, str)]
    if wrong or not choices or len(set(choices)) != len(choices):
        raise ValueError(f"`{where}`: choices are different texts, such as [\"yes\", \"no\"], not {list(choices)!r}")
    return {"enum": list(choices)}


def _reader(kind):
    kind, _ = _without_none(kind)
    if typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    if kind is datetime.date:
        return datetime.date.fromisoformat
    if kind in (float, decimal.Decimal) if isinstance(kind, type) else False:
        return decimal.Decimal
    return None


def _name(value):
    return repr(value) if isinstance(value, type) else f"{type(value).__name__} {value!r}"
