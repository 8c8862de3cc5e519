# { "Depends": "py-genlayer:test" }
import atexit
import builtins
import codecs
import decimal
import gc
import linecache
import logging
import os
import pickle
import random
import re
import sys
import threading
import time
import warnings

from genlayer import *
from genlayer import _host
from genlayer.py import calldata

COUNT = [0]


class Own:
    pass


def _table(items):
    return [f"{name}={id(value)}" for name, value in sorted(items.items(), key=lambda item: str(item[0]))]


class Probe(gl.Contract):
    text: str
    numbers: TreeMap[str, u256]

    def __init__(self):
        pass

    @gl.public.write
    def run(self):
        COUNT[0] += 1
        seen = [COUNT[0], hasattr(builtins, "LEFT"), hasattr(builtins, "REVIVED"), hasattr(Address, "left")]
        seen += _table(vars(builtins)) + _table(sys.modules) + _table(vars(_host)) + _table(vars(calldata))
        seen += _table(vars(Address)) + _table(vars(gl.Contract)) + _table(vars(sys)) + _table(vars(str))
        seen += _table(globals()) + _table(sys.modules["app"].__dict__) + _table(os.environ)
        seen += [id(object()), id(Own()), id([]), id({}), id(b"x" * 5000), id("%d" % len(seen)), id(sys.intern("left behind 7"))]
        seen += [hash("probe"), list({"a", "b", "c", "probe", 1, 2.5}), repr(object()), repr(Own())]
        seen += [random.random(), os.urandom(8), random.SystemRandom().random(), time.time(), time.monotonic()]
        seen += [sys.getrecursionlimit(), sys.get_int_max_str_digits(), sys.getswitchinterval(), sys.getallocatedblocks()]
        seen += [sys.getrefcount(None), sys.getrefcount(int), sys.getrefcount(Address), sys.gettrace(), sys.getprofile()]
        seen += [gc.isenabled(), gc.get_threshold(), gc.get_count(), gc.get_stats(), gc.get_debug(), gc.get_freeze_count()]
        seen += [len(gc.get_objects()), len(gc.callbacks), atexit._ncallbacks(), len(sys.meta_path), sys.path, sys.argv]
        seen += [warnings.filters, decimal.getcontext(), sorted(linecache.cache), len(re._cache), sorted(logging.root.manager.loggerDict)]
        seen += [threading.current_thread().name, pickle.dumps(1j), sys.monitoring.get_tool(0), sys.flags]
        for name in ("left", "rot13"):
            try:
                seen.append(codecs.lookup(name).name)
            except LookupError:
                seen.append("no " + name)
        try:
            seen.append(os.fstat(1))
        except OSError as error:
            seen.append(error.errno)
        seen.append(bytes(bytearray(100000)).count(0))
        self.text = "probe"
        for number in range(20):
            self.numbers[str(number)] = u256(number)
        seen.append([(key, int(value)) for key, value in self.numbers.items()])
        seen.append(repr(gl.vm.spawn_sandbox(lambda: [COUNT[0], id(object()), random.random() > 2])))
        seen += [id(object()), sys.getallocatedblocks(), gc.get_count()]
        text = "\n".join(str(item) for item in seen)
        print(text)
        return [len(seen), gl.evm.Keccak256(text.encode()).digest() if hasattr(gl.evm, "Keccak256") else hash(text)]
