# v0.1.0
# { "Depends": "py-genlayer:latest" }
"""
A text below the header, and three ways to import the package at once.
"""
import base64, hashlib, json, random, uuid
import typing
from dataclasses import dataclass, field

import genlayer as sdk
import genlayer.gl as also_gl
from genlayer import gl
from genlayer.gl import Contract as Base
from genlayer.py.types import Address, u256
from genlayer.gl.vm import UserError as Stop


@sdk.allow_storage
@dataclass
class Case:
    number: sdk.u256
    who: sdk.Address
    place: str = "none"


def error(message: str) -> None:
    raise getattr(gl, "UserError", Exception)(message)


def value_of(text: str, key: str) -> any:
    return json.loads(text)[key]


class Helper:
    """A class beside the contract that is not one."""

    LIMIT: typing.ClassVar[int] = 3

    @staticmethod
    def clean(text: str) -> str:
        return " ".join(text.strip().split())


class Registry(Base):
    VERSION = "1.0"
    LABELS: typing.ClassVar[dict] = {"a": "A"}
    cases: sdk.TreeMap[str, Case]
    answers: gl.TreeMap[str, str]
    hosts: also_gl.DynArray[str]

    def __init__(self):
        self.answers = sdk.TreeMap[str, str]()

    @property
    def size(self) -> int:
        return len(self.cases)

    @gl.public.write
    def put(self, key: str, place: str = "here", *, times: int = 1) -> dict:
        self.cases[key] = Case(sdk.u256(times), gl.message.sender_address, place=Helper.clean(place))
        one = self.cases[key]
        return {
            "number": int(one.number),
            "who": str(one.who),
            "place": one.place,
            "size": self.size,
            "version": self.VERSION,
            "label": self.LABELS["a"],
            "parsed": value_of('{"a": 3}', "a"),
            "random": 0 <= random.random() < 1 and len(str(uuid.uuid4())) == 36,
            "md5": hashlib.md5(b"x").hexdigest()[:6],
        }

    @gl.public.view
    def get(self, key: str) -> Case:
        return self.cases[key]

    @gl.public.view
    def maybe(self, key: str) -> dict | None:
        found = self.cases.get(key)
        return None if found is None else {"number": found.number}

    @gl.public.write
    def fails(self, how: int):
        if how == 0:
            error("[EXPECTED] no")
        if how == 1:
            raise Stop("stop")
        raise ValueError("bad value")

    @gl.public.write
    def edits(self) -> list:
        self.hosts.extend(["a", "b", "c"])
        if "a" in self.hosts and self.hosts.index("b") == 1:
            self.hosts.remove("a")
        return [one for one in self.hosts] + [self.hosts[-1], self.hosts.count("b")]
