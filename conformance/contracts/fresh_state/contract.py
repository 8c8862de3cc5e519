# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import datetime
import decimal
import json
import os
import random
import sys

COUNTER = 0
DRAWN = random.random()
STARTED = datetime.datetime.now()
CACHE = {}


class Fresh(gl.Contract):
    first: str

    shared = []

    def __init__(self):
        pass

    @gl.public.write
    def count(self) -> list:
        global COUNTER
        COUNTER += 1
        CACHE[COUNTER] = 1
        self.shared.append(1)
        return [COUNTER, len(CACHE), len(self.shared)]

    @gl.public.write
    def spoil(self):
        json.dumps = lambda _: "spoiled"
        gl.message_raw["datetime"] = "never"
        gl.vm.UserError = ValueError
        sys.modules["re"] = None
        os.environ["LEFT"] = "behind"
        random.seed(5)
        decimal.getcontext().prec = 3
        sys.setrecursionlimit(200)
        Fresh.extra = 1
        setattr(sys.modules["builtins"], "left", 1)
        Address.zero = 5
        sys.stdout = None

    @gl.public.view
    def look(self) -> list:
        import re

        return [
            json.dumps([1]),
            gl.vm.UserError.__name__,
            re.sub("a", "b", "a"),
            os.environ.get("LEFT"),
            decimal.getcontext().prec,
            hasattr(Fresh, "extra"),
            hasattr(sys.modules["builtins"], "left"),
            hasattr(Address, "zero"),
            sys.stdout is None,
        ]

    @gl.public.view
    def times(self) -> str:
        return STARTED.isoformat()

    @gl.public.write
    def keep_drawn(self):
        self.first = str(DRAWN)

    @gl.public.view
    def same_drawn(self) -> bool:
        return self.first == str(DRAWN)
