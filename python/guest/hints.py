"""One sentence that says what to do, for the mistakes that are made most.

# Invariants
- A hint never replaces what Python said; no hint is better than a guess.
- The first row that fits is taken. A row is a type, a pattern of the message, and the hint or a
  function of (error, match) that makes it.

# Not here
- Errors whose own text says what to do: those of the library name the remedy where they are raised.
"""

import linecache
import pickle
import re
import types

import importer
from genlayer import Address, _suggest, gl
from genlayer.gl import _message
from genlayer.py.storage._containers import View

_BLOCK = 2
_SANDBOX = 1

_OUTSIDE = {"WebRender", "WebRequest", "ExecPrompt", "ExecPromptTemplate"}
_SENDING = {"PostMessage", "DeployContract", "EthSend", "EmitEvent"}

_IMPORTS = {
    "dataclass": "from dataclasses import dataclass",
    "datetime": "from datetime import datetime",
    "timedelta": "from datetime import timedelta",
    "timezone": "from datetime import timezone",
    "Enum": "from enum import Enum",
    "Decimal": "from decimal import Decimal",
    "Any": "from typing import Any",
    "Optional": "from typing import Optional",
    "List": "from typing import List",
    "Dict": "from typing import Dict",
    "TypedDict": "from typing import TypedDict",
    "np": "import numpy as np",
    "gle": "import genlayer_embeddings as gle",
    **{
        name: f"import {name}"
        for name in (
            "base64 collections dataclasses hashlib json math os random re string sys time typing"
        ).split()
    },
}

_NAMES = {
    "Contract": "write `gl.Contract`",
    "public": "write `gl.public`",
    "message": "write `gl.message`",
    "msg": "write `gl.message`: the caller is `gl.message.sender_address`",
    "Event": "write `gl.Event`",
    "Lazy": "write `gl.Lazy`",
    "Return": "write `gl.vm.Return`",
    "gl": "begin the file with `from genlayer import *`, after the header",
    **dict.fromkeys(("Map", "map_type", "Mapping", "HashMap"), "the type is `TreeMap[K, V]`"),
    **dict.fromkeys(("Array_", "Vec", "Vector"), "the type is `DynArray[T]`"),
    **dict.fromkeys(("uint256", "uint", "U256"), "the type is `u256`"),
    "int256": "the type is `i256`",
    "address": "the type is `Address`",
    "true": "Python writes `True`",
    "false": "Python writes `False`",
    "null": "Python writes `None`",
}

_PROCESS = "a contract starts no processes and no threads: do the work one after the other"
_NO_FILE = "a contract sees no files but those of its own archive: keep the data in fields"
_WAIT = "a contract can not wait, its time stands still: remove the call"

_MODULES = {
    **dict.fromkeys(
        "requests httpx aiohttp urllib urllib3 http socket ssl websocket websockets smtplib ftplib".split(),
        "a contract opens no connections: use `gl.nondet.web.get(url)`",
    ),
    **dict.fromkeys(
        "openai anthropic langchain transformers google".split(),
        "ask a model with `gl.nondet.exec_prompt(prompt)`",
    ),
    **dict.fromkeys("bs4 lxml".split(), "use `html.parser`, or ask a model to read the page"),
    **dict.fromkeys("pandas scipy sklearn torch".split(), "use the standard library, or the parts of numpy and Pillow that are here"),
    "asyncio": "methods are not awaited: write `def`, without `async`",
    **dict.fromkeys("subprocess threading multiprocessing concurrent".split(), _PROCESS),
    **dict.fromkeys(
        "sqlite3 redis pymongo sqlalchemy".split(), "a contract keeps its data in fields: `TreeMap` and `DynArray`"
    ),
    "dotenv": "a contract has no secrets and no environment: take the value as an argument of the constructor",
    "web3": "call Ethereum contracts with `@gl.evm.contract_interface`",
    "pdb": "use `print(...)`: the output is in the receipt",
}

#: How a contract of several files is laid out.
_PACKAGE = (
    "for files of your own take the runner `py-genlayer-multi`, put them into a folder `contract` with the "
    "class in `contract/__init__.py`, and write `from . import {}`"
)
_NOBODY = "nobody can answer here: take the text as an argument of the method"

_SYSTEMS = ("os", "signal", "time", "sys")
#: What `os`, `signal`, `time` and `sys` have elsewhere.
_SYSTEM = {
    **dict.fromkeys(
        "system fork forkpty kill killpg execv execve execvp spawnl spawnv posix_spawn startfile wait waitpid".split(),
        _PROCESS,
    ),
    **dict.fromkeys("alarm setitimer pause sigwait".split(), _WAIT),
    **dict.fromkeys("getlogin getuid geteuid".split(), "the caller is `gl.message.sender_address`"),
    "pipe": _NO_FILE,
}

#: What has the methods that other languages call otherwise.
_CONTAINERS = (View, Address, bytes, dict, list, set, str, tuple)
_METHODS = {
    "push": "use `.append(value)`",
    "has": "use `key in map`",
    "contains": "use `key in map`",
    "length": "use `len(value)`",
    "size": "use `len(value)`",
    "set": "use `map[key] = value`",
    "put": "use `map[key] = value`",
    "delete": "use `del map[key]`",
    "toString": "use `str(value)`",
    "as_str": "use `.as_hex`",
    "to_hex": "use `.as_hex`",
    "zero": "use `Address.ZERO`",
}


def _forbidden(error, _match):
    operation = getattr(error, "operation", "")
    kind = dict.get(_message.message_raw, "entry_kind", 0)
    if operation in _OUTSIDE:
        return (
            "web pages and models answer only inside of a non-deterministic block, where validators check "
            "the answer: put this into a function `ask` without parameters, and call "
            "`gl.eq_principle.strict_eq(ask)` if all get the same answer, else "
            '`gl.eq_principle.prompt_comparative(ask, "what must agree")`'
        )
    if kind == _BLOCK:
        if operation == "storage_write":
            return (
                "a non-deterministic block can not write storage: return the value from it and "
                "store what the block returned"
            )
        if operation == "RunNondet":
            return "non-deterministic blocks can not be nested: do both things in one block"
        return (
            "inside of a non-deterministic block a contract can only read its own storage, the web "
            "and models: call contracts, send and emit before it or after it"
        )
    if kind == _SANDBOX:
        return "a sandbox may do this only if it is started with `allow_write_ops=True`"
    if operation == "storage_write":
        return (
            "this call may not write storage: it is a view, or it writes a locked slot (code, "
            "upgraders) without being an upgrader"
        )
    if operation in _SENDING:
        return "a view can not send or emit: mark the method with `@gl.public.write`"
    return "this kind of call has no permission for it: do it in a method with `@gl.public.write`"


def _invalid(error, _match):
    return {
        "PostMessage": '`on` is "finalized" or "accepted"',
        "DeployContract": '`on` is "finalized" or "accepted", `code` is bytes',
        "EmitEvent": "an event takes at most 3 indexed fields, and its topics have 32 bytes each: keep the rest in other fields",
        "ExecPrompt": '`response_format` is "text" or "json"; give images as the bytes of PNG, JPEG or WebP files',
        "WebRender": '`wait_after_loaded` is text such as "500ms" or "2s"',
        "CallContract": "check the call: an address, a method's name and its arguments",
    }.get(getattr(error, "operation", ""), "check the request: it does not fit its form")


def _encodable(error, match):
    if str(error).endswith(")"):
        # The library said it.
        return ""
    kind = match.group(1)
    return {
        "set": "return a list: `sorted(the_set)`",
        "frozenset": "return a list: `sorted(the_set)`",
        "datetime": "return text: `moment.isoformat()`",
        "Decimal": "return text: `str(amount)`",
        "coroutine": "methods are not awaited: write `def`, without `async`",
        "generator": "return a list: `list(...)`",
        "Response": "return `response.body`, or what you need of it",
        "Image": "return `image.raw`",
    }.get(
        kind, "calldata has None, bool, int, str, bytes, Address, lists, dicts with text keys, dataclasses"
    )


def _name(error, match):
    name = match.group(1)
    if name in _IMPORTS:
        return f"add `{_IMPORTS[name]}`"
    if name in _NAMES:
        return _NAMES[name]
    frame = _innermost(error)
    if frame is None:
        return ""
    if name in _exported():
        return f"add `from genlayer import {name}`"
    close = _suggest.nearest(name, [*frame.f_locals, *frame.f_globals])
    return f"did you mean `{close[0]}`?" if close else ""


def _exported():
    from genlayer.py.types import INT_NAMES

    return {*INT_NAMES, "Address", "Array", "DynArray", "TreeMap", "allow_storage", "bigint"}


def _attribute(error, match):
    name = match.group(1)
    if "Did you mean" in str(error) or type(error.obj).__name__ == "_Nothing":
        return ""
    if error.obj is None and name in ("read", "readline", "readlines"):
        return _NOBODY
    if error.obj is None:
        return "the value is None here: check it, or is a `return` missing where it comes from?"
    if isinstance(error.obj, types.ModuleType) and error.obj.__name__ in _SYSTEMS:
        return _SYSTEM.get(name, "")
    if error.obj is gl.public or (name == "payable" and callable(error.obj)):
        return "write `@gl.public.view`, `@gl.public.write` or `@gl.public.write.payable`"
    if name in _METHODS and isinstance(error.obj, _CONTAINERS):
        return _METHODS[name]
    if isinstance(error.obj, Address):
        return "the text of an address is its `.as_hex`"
    close = _suggest.nearest(name, dir(error.obj))
    return f"did you mean `{close[0]}`?" if close else ""


def _key(error, _match):
    """A key that is not there; one of the environment is asked for inside of `os`."""
    frame = _innermost(error)
    if frame is not None and frame.f_globals.get("__name__") == "os":
        return "a contract has no environment but what its header adds: take the value as an argument"
    return (
        "the key is not in the map: use `.get(key, default)`, and to fill a map in a map "
        "`.get_or_insert_default(key)`"
    )


def _json(_error, match):
    return {
        "TreeMap": "write `dict(the_map)`",
        "DynArray": "write `list(the_list)`",
        "Array": "write `list(the_list)`",
        "Address": "write `the_address.as_hex`",
        "bytes": "write `the_bytes.hex()`",
        "datetime": "write `moment.isoformat()`",
        "set": "write `sorted(the_set)`",
        "Decimal": "write `str(amount)`",
    }.get(match.group(1), "of a dataclass, write `dataclasses.asdict(value)`")


def _module(_error, match):
    top = match.group(1).split(".")[0]
    if _suggest.nearest(top, ["genlayer"]):
        return "did you mean `genlayer`?"
    if f"contract.{top}" in importer.SOURCES:
        return f"it is a part of the contract's package: write `from . import {top}`"
    return _MODULES.get(
        top, "a contract can import the standard library (without system and network), `genlayer`, "
        f"and its own package; {_PACKAGE.format(top)}"
    )


def _import(error, match):
    import sys

    module = sys.modules.get(match.group(2))
    close = _suggest.nearest(match.group(1), dir(module)) if module else []
    return f"did you mean `{close[0]}`?" if close else ""


def _arguments(error, match):
    """A call whose arguments do not fit; without a frame of the contract the caller is this library."""
    function = match.group(1)
    if function == "Contract.__init__":
        return "the class has no `__init__` of its own: the constructor takes no arguments"
    if function == "prompt_non_comparative":
        return "give `task=...` and `criteria=...` by their names"
    if function == "deploy_contract":
        return "give `code=...`, `args=[...]` and the rest by their names"
    if function.endswith(".__init__") and _innermost(error) is not None:
        return f"compare them with the fields of `{function.removesuffix('.__init__')}`"
    if _innermost(error) is None:
        if "<locals>" in function or "<lambda>" in function:
            return (
                "a block's function takes no parameters, it uses the variables around it; "
                "a validator's takes one, the leader's result"
            )
        if "takes 0 positional" in str(error):
            return "the first parameter of a method is `self`"
        counted = "; Python counts `self`, too" if ") takes " in str(error) else ""
        return f"the arguments of the call do not fit the method's parameters{counted}"
    return "the arguments of the call do not fit the parameters"


def _record(_error, match):
    wanted, given = match.groups()
    return f"make a `{wanted}` of the `{given}` first: `{wanted}(...)`"


def _innermost(error):
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    return None if tb is None else tb.tb_frame


def _own_words(error):
    """Whether the contract itself refused, in words that callers can not read."""
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    if tb is None or tb.tb_frame.f_code.co_filename not in importer.TEXTS:
        return False
    line = linecache.getline(tb.tb_frame.f_code.co_filename, tb.tb_lineno).strip()
    if isinstance(error, AssertionError) and line.startswith("assert "):
        return True
    return line.startswith("raise ") and ("(" not in line or type(error).__name__ in line)


_ROWS = (
    (SystemError, r"6: forbidden", _forbidden),
    (SystemError, r"2: inval", _invalid),
    (SystemError, r"7: inbalance", "the contract sends more than it has: compare with `self.balance`"),
    (TypeError, r"not calldata encodable .*: (\w+)", _encodable),
    (TypeError, r"Object of type (\w+) is not JSON serializable", _json),
    (TypeError, r"key is not string", "keys of a returned map are text: `{str(k): v for k, v in ...}`"),
    (TypeError, r"cannot pickle|PicklingError", "a block runs in another sandbox: let its function use plain values"),
    (pickle.PicklingError, r"", "a block runs in another sandbox: let its function use plain values"),
    (TypeError, r"offset-naive and offset-aware", "use `datetime.now(timezone.utc)` on both sides"),
    (
        TypeError,
        r"(unsupported operand|not supported between|can only concatenate|must be str).*\bstr\b",
        "one of the two is text: convert it with `int(x)` or `float(x)`, or the other with `str(x)`; "
        "numbers with a fraction arrive from a model's JSON as text, too",
    ),
    (TypeError, r"can't multiply sequence by non-int of type 'str'", "it is text: convert it with `int(x)`"),
    (TypeError, r"^expected a str, got (?!NoneType)", "convert it with `str(value)`"),
    (TypeError, r"^expected (a str|an integer|bytes).*, got NoneType",
     "a stored field is never None: take an empty or a zero value"),
    (TypeError, r"^expected an integer .*, got (str|float)", "convert it with `int(value)`"),
    (TypeError, r"^expected bytes, got str", "convert it with `text.encode()`"),
    (TypeError, r"function\(\) argument 'code' must be code|module\(\) takes at most 2 arguments",
     "the base class is `gl.Contract`, with a capital C, or `gl.contract.Contract` in v0.3"),
    (TypeError, r"^(public\.view|_Write\.\w+|private)\(\) missing 1 required positional argument: 'function'", "write the decorator without parentheses"),
    (TypeError, r"([\w.<>]+)\(\) (?:missing \d+ required|takes .* positional|got an unexpected keyword|takes no arg)",
     _arguments),
    (TypeError, r"'module' object is not callable",
     "the name is a module: name what is in it, for example `datetime.datetime(...)`"),
    (TypeError, r"object is not callable",
     "the name holds a value, not a function: read a field without parentheses, and what stands under "
     "`@gl.eq_principle...` has run already"),
    (TypeError, r"^UserError needs a message", ""),
    (KeyError, r"", _key),
    (IndexError, r"", "compare the index with `len(...)` first"),
    (OverflowError, r"^-\d+ does not fit", "unsigned types hold no negative numbers: compare before you subtract"),
    (OverflowError, r"does not fit", "take a larger type, or `bigint`"),
    (ZeroDivisionError, r"", "compare the divisor with 0 first"),
    (RecursionError, r"", "the functions call each other too deeply: use a loop"),
    (MemoryError, r"Parser stack", "the expression is nested too deeply: split it into several lines"),
    (MemoryError, r"", "the contract used more memory than a call may: work on smaller pieces"),
    (UnicodeDecodeError, r"", 'decode with `.decode("utf-8", "replace")`'),
    (ValueError, r"Expecting value|Extra data|Expecting property|Unterminated",
     'the text is not JSON: ask with `response_format="json"`, which gives a dict'),
    (ValueError, r"invalid literal for int|could not convert string to float",
     "the text is not a number: ask for one only, and check it"),
    (NameError, r"name '(\w+)' is not defined", _name),
    (ModuleNotFoundError, r"No module named '([\w.]+)'", _module),
    (ImportError, r"attempted relative import with no known parent", _PACKAGE.format("name")),
    (ImportError, r"cannot import name 'resources' from 'importlib'",
     "there is no data of packages here, and none of time zones: use `timezone(timedelta(hours=1))`"),
    (ImportError, r"cannot import name '(\w+)' from '([\w.]+)'", _import),
    (AttributeError, r"has no attribute '(\w+)'", _attribute),
    (Exception, r"no contract defined", "define `class MyContract(gl.Contract):` in the file"),
    (SyntaxError, r"^'await' outside", "nothing is awaited here: leave `await` out"),
    (IndentationError, r"", "indent with four spaces everywhere, never with tabs"),
    (ValueError, r"^call to private method", "mark the method with `@gl.public.view` or `@gl.public.write`; "
     "a field is read by a method with another name"),
    (FileNotFoundError, r"", _NO_FILE),
    (OSError, r"Read-only file system", _NO_FILE),
    (OSError, r"no file of this number", "use `print(...)` for output, and arguments of the method for input"),
    (RuntimeError, r"lost sys.stdin", _NOBODY),
    (RuntimeError, r"can't start new thread", _PROCESS),
    (SystemExit, r"", 'refuse a call with `raise gl.vm.UserError("...")`, end it with `return`'),
    (AssertionError, r"^an Address is compared with str", "make an address of the text: `Address(text)`"),
    (AssertionError, r"Is right the same storage type\? `([\w.]+)` <- `([\w.]+)`", _record),
)
_OWN_WORDS = 'raise `gl.vm.UserError("...")` to hand this message to the caller'


def row_of(error):
    """The number of the row that fits, and what its pattern found; (None, None) without one."""
    text = str(error)
    for number, (kind, pattern, _) in enumerate(_ROWS):
        if isinstance(error, kind):
            match = re.search(pattern, text)
            if match is not None:
                return number, match
    return None, None


def of(error):
    """The hint for an exception, or empty."""
    if _own_words(error):
        return _OWN_WORDS
    number, match = row_of(error)
    if number is None:
        return ""
    hint = _ROWS[number][2]
    return hint(error, match) if callable(hint) else hint
