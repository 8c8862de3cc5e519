"""The language-neutral vectors of `conformance/vectors`, read by the package that contracts import."""

import datetime  # noqa: F401 (annotations of vectors name it)
import json
import pathlib
import typing  # noqa: F401
import unittest
from dataclasses import dataclass

from . import fake
from genlayer import *  # noqa: F403
from genlayer import _generation
from genlayer.py import calldata
from genlayer.py.get_schema import type_schema

_FOLDER = pathlib.Path(__file__).resolve().parents[2] / "conformance" / "vectors"


def vectors(name):
    """The vector file `name`."""
    return json.loads((_FOLDER / name).read_text("utf-8"))


def revive(value):
    """JSON to a value of calldata."""
    if isinstance(value, dict):
        if list(value) == ["$address"]:
            return Address(value["$address"])
        if list(value) == ["$bytes"]:
            return bytes.fromhex(value["$bytes"].removeprefix("0x"))
        return {key: revive(item) for key, item in value.items()}
    return [revive(item) for item in value] if isinstance(value, list) else value


def event_class(case):
    """The class that declares the event of a vector."""
    fields = ", ".join(case["indexed"])
    parameters = f"self, {fields}, /, **blob" if fields else "self, **blob"
    names = {}
    exec(f"def __init__({parameters}): ...", names)
    body = {"__init__": names["__init__"], "__module__": __name__}
    return type(gl.Event)(case["name"], (gl.Event,), body)


@dataclass
class Point:
    """The dataclass that annotations of vectors name."""

    x: int
    label: str


class Vectors(unittest.TestCase):
    def test_calldata(self):
        for case in vectors("calldata.json")["valid"]:
            data = bytes.fromhex(case["hex"])
            value = calldata.decode(data)
            self.assertEqual(calldata.to_str(value), case["text"], case)
            self.assertEqual(calldata.encode(value), data, case)

    def test_refused_calldata(self):
        for case in vectors("calldata.json")["invalid"]:
            if case["error"] == "TooDeep":
                continue  # The limit is the node's: what it refuses never gets here.
            with self.assertRaises(Exception, msg=case):
                calldata.decode(bytes.fromhex(case["hex"]))

    def test_events(self):
        for case in vectors("events.json")["events"]:
            host = fake.fresh()
            cls = event_class(case)
            self.assertEqual(cls.signature, case["signature"])
            cls(*map(revive, case["values"]), **revive(case["blob"])).emit()
            (request,) = host.requests
            emitted = request["EmitEvent"]
            topics = ["0x" + topic.hex() for topic in emitted["topics"]]
            self.assertEqual(topics, case["topics"], case)
            self.assertEqual("0x" + calldata.encode(emitted["blob"]).hex(), case["data"], case)

    def test_addresses(self):
        file = vectors("address.json")
        for case in file["addresses"]:
            raw = bytes.fromhex(case["bytes"][2:])
            for form in (raw, case["bytes"], case["checksum"], case["base64"]):
                address = Address(form)
                found = (address.as_bytes, address.as_hex, address.as_b64, str(address.as_int))
                self.assertEqual(found, (raw, case["checksum"], case["base64"], case["int"]), form)
        for text in file["invalid"]:
            with self.assertRaises(Exception, msg=text):
                Address(text)

    def test_salted_addresses(self):
        for case in vectors("address.json")["salted"]:
            words = (int(case[name]).to_bytes(32, "big") for name in ("salt", "chain_id"))
            packed = b"\1" + Address(case["deployer"]).as_bytes + b"".join(words)
            self.assertEqual(Address(Keccak256(packed).digest()[:20]).as_hex, case["address"], case)

    def test_schema_types(self):
        file = vectors("schema.json")
        for case in file["types"]:
            self.assertEqual(type_schema(eval(case["annotation"])), case["type"], case)
        for annotation in file["none"]:
            with self.assertRaises(TypeError, msg=annotation):
                type_schema(eval(annotation))

    def test_literals_have_a_type_from_the_third_generation_on(self):
        literals = (typing.Literal["a", "b"], typing.Literal[1], typing.Literal[True], typing.Literal[1, "a"])
        self.assertEqual([type_schema(each) for each in literals], ["any"] * 4)
        _generation.use(3)
        self.addCleanup(_generation.use, 2)
        self.assertEqual([type_schema(each) for each in literals], ["string", "int", "bool", "any"])


if __name__ == "__main__":
    unittest.main()
