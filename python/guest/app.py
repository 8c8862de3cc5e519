"""The component's exports: compile one module, run one entry.

# Invariants
- An entry starts in the state at the end of this file's import and of `start`, or in that after
  `prepare`, byte for byte: the node puts back what other entries wrote.
- What an import can see of a call is empty while `prepare` runs, and looking at it is noticed.
- No exception leaves `run`: each becomes an outcome, after the output was flushed.
"""

import atexit
import gc
import importlib
import marshal
import os
import pickle
import random
import sys
import time

import preload

preload.preload()
preload.spare_dataclass_docs()

import _genlayer_wasi  # noqa: E402
import closed  # noqa: E402
import faults  # noqa: E402
import files  # noqa: E402
import importer  # noqa: E402
import output  # noqa: E402
import warm  # noqa: E402
from componentize_py_types import Err  # noqa: E402
from wit_world.exports.guest import (  # noqa: E402
    Fault,
    Outcome_Exited,
    Outcome_Returned,
    Outcome_UserError,
)
from wit_world.imports import host  # noqa: E402

from genlayer import _generation, _host  # noqa: E402
from genlayer.gl import _dispatch, _errors, _message  # noqa: E402
from genlayer.py import calldata  # noqa: E402
from genlayer.py.storage.root import Root  # noqa: E402
from genlayer.py.types import Address  # noqa: E402

_MAIN, _SANDBOX, _STAGE = 0, 1, 2
_DEEPEST = 5000
#: By this the node finds the linear memory.
_MARKER = b"venire: here is the memory of the sandbox"
#: Free memory the image has, so that a small contract need not grow it, bytes.
_ROOM = 12 << 20
#: Container objects more than were freed, after which the collector looks for cycles: a run that
#: lives for milliseconds need not, and each time writes all over the heap.
_COLLECT_AFTER = 100_000
#: With the seed that no run has, the first random number: another one after an import tells that
#: it used randomness.
_NOT_A_SEED = 2**64 + 1
_FIRST = random.Random(_NOT_A_SEED).random()
_set_recursion_limit = sys.setrecursionlimit


def _guarded_recursion_limit(limit):
    """Deeper recursion could exhaust the machine stack instead of raising RecursionError."""
    _set_recursion_limit(min(limit, _DEEPEST))


def _revive(value):
    """Call objects come with addresses as 1-tuples."""
    kind = type(value)
    if kind is tuple:
        return Address(value[0])
    if kind is dict:
        return {key: _revive(item) for key, item in value.items()}
    if kind is list:
        return [_revive(item) for item in value]
    return value


def _entry(invocation):
    if invocation.entry_kind == _MAIN:
        importlib.import_module("contract")
        return _dispatch.run_call(_revive(marshal.loads(invocation.call)))
    function = pickle.loads(_message.message_raw["entry_data"])
    if invocation.entry_kind == _SANDBOX:
        return function()
    return function(_message.message_raw["entry_stage_data"])


def _load(sources, generation):
    _generation.use(generation)
    Root.BASE = 1 if generation >= 3 else 0
    for source in sources:
        importer.take(source)
    files.take(sources)


def _settle():
    """Uses what is made on first use, so that it is made once and not in some run."""
    time.time()
    time.monotonic()
    os.urandom(8)
    try:
        open("/contract").close()
    except OSError:
        pass
    _errors.UserError("")
    calldata.decode(calldata.encode([{"a": 1}]))


def _prepare(invocation):
    if invocation.sources:
        _load(invocation.sources, invocation.generation)
    random.seed(invocation.seed)
    fields = marshal.loads(invocation.message)
    fields["entry_kind"] = invocation.entry_kind
    _message.fill(fields)


def _fault(error):
    kind, message, text, location = faults.describe(error)
    output.STDERR.write(text)
    return Fault(kind, message, text, location)


def _exit_code(error):
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        # A subclass may have its own idea of its value.
        return max(-(2**31), min(int.__add__(code, 0), 2**31 - 1))
    output.STDERR.write(faults.text_of(code) + "\n")
    return 1


def _ending(invocation):
    try:
        _prepare(invocation)
        value = _entry(invocation)
        atexit._run_exitfuncs()
        return Outcome_Returned(calldata.encode(value))
    except (_errors.UserError, _errors.ImmediateUserError) as error:
        atexit._run_exitfuncs()
        if _generation.any_error() and not isinstance(error.message, str):
            # A value that is not text leaves through the node, which does not come back.
            output.flush()
            _errors.send_user_error(error.message)
        return Outcome_UserError(faults.plain(_errors.error_text(error.message)))
    except SystemExit as error:
        code = _exit_code(error)
        if code == 0:
            return Outcome_Returned(calldata.encode(None))
        return Outcome_Exited((code, _fault(error)))


def _outcome(invocation):
    try:
        return _ending(invocation)
    except BaseException as error:
        return Outcome_Exited((1, _fault(error)))


class Guest:
    """The `guest` interface of the world."""

    def start(self):
        """Settles the interpreter; the place of a string in linear memory, and the string."""
        _settle()
        return id(_MARKER) + bytes.__basicsize__ - 1, _MARKER

    def prepare(self, sources, generation):
        """Imports the contract; whether that was the same as in every run."""
        _load(sources, generation)
        random.seed(_NOT_A_SEED)
        try:
            importlib.import_module("contract")
        except BaseException:
            return False
        gc.freeze()
        return not _message.looked() and random.random() == _FIRST

    def compile(self, name, code):
        """Compiles a module to bytes that only this image understands."""
        try:
            return importer.compile_module(name, code)
        except Exception as error:
            importer.TEXTS[name.replace(".", "/") + ".py"] = code.decode("utf-8", "replace")
            raise Err(Fault(*faults.describe(error))) from None

    def run(self, invocation):
        """Runs one entry."""
        outcome = _outcome(invocation)
        output.flush()
        return outcome


_genlayer_wasi.install()
output.install()
files.install()
closed.install()
importer.seal()
sys.setrecursionlimit = _guarded_recursion_limit
warm.warm(_outcome, _load)
_host.install(host, Err)
_host.show_file = files.show
_room = bytearray(_ROOM)
del _room
gc.set_threshold(_COLLECT_AFTER)
gc.collect()
gc.freeze()
