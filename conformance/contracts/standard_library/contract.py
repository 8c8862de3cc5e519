# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import base64
import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import hashlib
import itertools
import json
import math
import random
import re
import string
import textwrap
import time
import typing
from urllib.parse import quote, urlencode, urlparse


class Color(enum.Enum):
    RED = 1


class Library(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def uses(self) -> list:
        return [
            json.dumps({"b": 1, "a": [1.5, None]}, sort_keys=True),
            re.sub(r"\d+", "#", "a1b22"),
            urlparse("https://a.example/x?y=1").netloc,
            urlencode({"q": "a b"}) + quote("ü"),
            base64.b64encode(b"abc").decode(),
            hashlib.sha256(b"").hexdigest()[:8],
            Color.RED.name,
            collections.Counter("abca").most_common(1)[0][0],
            list(itertools.accumulate([1, 2, 3])),
            textwrap.shorten("one two three", 9),
            string.ascii_lowercase[:3],
            functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]),
            math.comb(5, 2),
            str(decimal.Decimal("1.10")),
            datetime.timedelta(hours=25).days,
            json.loads('{"x": [1, 2]}')["x"],
        ]

    @gl.public.view
    def files(self) -> str:
        try:
            open("/etc/passwd")
        except OSError as error:
            return type(error).__name__

    @gl.public.view
    def sockets(self) -> str:
        try:
            import socket

            socket.create_connection(("example.org", 80))
        except (ImportError, OSError) as error:
            return "refused"

    @gl.public.view
    def processes(self) -> str:
        try:
            import subprocess

            subprocess.run(["ls"])
        except (ImportError, OSError) as error:
            return "refused"

    @gl.public.view
    def environment(self) -> list:
        import os
        import sys

        return [sys.platform, os.getpid(), "HOME" in os.environ, "PATH" in os.environ]

    @gl.public.view
    def typing_is_ok(self) -> list:
        T = typing.TypeVar("T")

        class Box(typing.Generic[T]):
            pass

        class Row(typing.TypedDict):
            a: int

        hints = typing.get_type_hints(Library.uses)
        return [str(Box[int]).endswith("Box[int]"), Row(a=1), hints["return"] is list, str(typing.Optional[int])]
