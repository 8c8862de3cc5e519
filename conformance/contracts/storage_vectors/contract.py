# { "Depends": "py-genlayer:test" }
"""Does what a vector of `conformance/vectors/storage.json` says to a slot."""

import datetime
import json
import typing

from genlayer import *
from genlayer.py.storage import VLA, Indirection, Root


def type_of(text):
    """The type of a description."""
    if isinstance(text, str):
        return SCALARS.get(text) or globals()[text]  # u8 ... i256
    ((name, args),) = text.items()
    if name == "record":
        fields = {field: type_of(inner) for field, inner in args}
        return gl.storage.allow_storage(type("Record", (), {"__annotations__": fields}))
    if name == "array":
        return Array[type_of(args[0]), typing.Literal[args[1]]]
    if name == "map":
        return TreeMap[type_of(args[0]), type_of(args[1])]
    return {"list": DynArray, "apart": Indirection, "run": VLA}[name][type_of(args)]


SCALARS = {
    "none": type(None),
    "bool": bool,
    "float": float,
    "str": str,
    "bytes": bytes,
    "address": Address,
    "moment": datetime.datetime,
    "int": bigint,
}


def value_of(json_value):
    """The value that a piece of JSON stands for."""
    if isinstance(json_value, list):
        return [value_of(item) for item in json_value]
    if not isinstance(json_value, dict):
        return json_value
    ((name, text),) = json_value.items()
    return MAKERS[name](text)


MAKERS = {
    "$int": int,
    "$bytes": bytes.fromhex,
    "$address": Address,
    "$moment": datetime.datetime.fromisoformat,
    "$float": float.fromhex,
}


def run_vector(vector, slot):
    """Runs the operations on an empty slot; how the value reads as text."""
    typ = type_of(vector["type"])
    offset = vector.get("offset", 0)
    holder = gl.storage.allow_storage(type("Holder", (), {"__annotations__": {"it": typ}}))
    top = slot.cast(holder, offset)
    for name, path, *args in vector["does"]:
        args = [value_of(arg) for arg in args]
        owner, last = _owner(top, path)
        if name == "set":
            _set(owner, last, *args)
        elif name == "delete":
            del owner[value_of(last[0])]
        else:
            getattr(_get(owner, last), name)(*args)
    return repr(plain(top.it))


def plain(value):
    """The value without views."""
    if isinstance(value, Indirection):
        return plain(value.get())
    if isinstance(value, TreeMap):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (DynArray, Array, VLA)):
        return [plain(item) for item in value]
    if type(value).__name__ == "Record":
        return {field: plain(getattr(value, field)) for field in type(value).__annotations__}
    return value


def _owner(top, path):
    owner, last = top, "it"
    for step in path:
        owner, last = _get(owner, last), step
    return owner, last


def _get(owner, step):
    if step == "*":
        return owner.get()
    return getattr(owner, step) if isinstance(step, str) else owner[value_of(step[0])]


def _set(owner, step, value):
    if step == "*":
        owner.set(value)
    elif isinstance(step, str):
        setattr(owner, step, value)
    else:
        owner[value_of(step[0])] = value


class Vectors(gl.Contract):
    def __init__(self, vector: str, slot: bytes):
        print(run_vector(json.loads(vector), Root.MANAGER.get_store_slot(slot)))
