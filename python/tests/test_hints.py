"""Faults of contracts: what Python says stays, and the usual mistakes get one sentence of advice."""

import errno
import io
import os
import pathlib
import pickle
import queue
import re
import sys
import threading
import types
import unittest
import warnings
from unittest import mock

from . import fake
from genlayer import *  # noqa: F403
from genlayer import _host
from genlayer.gl import _dispatch
from genlayer.py import calldata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "guest"))

import closed  # noqa: E402
import faults  # noqa: E402
import files  # noqa: E402
import hints  # noqa: E402
import importer  # noqa: E402

_HEAD = "from genlayer import *\n"
_CLASS = (
    _HEAD + "class C(gl.Contract):\n    m: TreeMap[str, TreeMap[str, u256]]\n    a: DynArray[str]\n"
    "    n: u256\n    w: Address\n    b: bytes\n    def two(self, x): pass\n    @gl.public.write\n    def go(self):\n        "
)


def run(text, refuse=None, call=None, **message):
    """Imports a contract and calls `go`; returns the four parts of its fault."""
    host = fake.fresh(**message)
    host.refuse = refuse
    if refuse is not None:
        host.answers = [fake.Refused(refuse)] * 3
    importer.TEXTS["contract.py"] = text
    namespace = {"__name__": "contract"}
    try:
        exec(compile(text, "contract.py", "exec", dont_inherit=True), namespace)
        calldata.encode(_dispatch.run_call(call or {"method": "go"}))
    except BaseException as error:
        return faults.describe(error)
    raise AssertionError("the contract did not fail")


def body(text, **more):
    """A fault of a method with this body."""
    return run(_CLASS + text, **more)


class Hints(unittest.TestCase):
    def tearDown(self):
        importer.TEXTS.clear()

    def check(self, fault, kind, *parts):
        self.assertEqual(fault[0], kind, fault[2])
        for part in parts:
            self.assertIn(part, fault[1])

    def test_python_keeps_its_words(self):
        kind, message, text, place = body("return 1 // 0")
        self.assertEqual(kind, "ZeroDivisionError")
        self.assertTrue(message.startswith(str(_division())), message)
        self.assertEqual(place, "contract.py:11")
        self.assertIn("return 1 // 0", text)
        self.assertTrue(text.endswith("Hint: compare the divisor with 0 first.\n"), text)

    def test_storage(self):
        self.check(body('self.m["a"]["b"] = 1'), "KeyError", "'a'", "get_or_insert_default")
        self.check(body("return self.a[3]"), "IndexError", "len(")
        self.check(body("self.n -= 1"), "OverflowError", "-1", "unsigned")
        self.check(body("self.n = 2**256"), "OverflowError", "larger type")
        self.check(body('self.w = "0x12"'), "TypeError", "Address(")
        self.check(body('self.a.push("x")'), "AttributeError", ".append(value)")

    def test_values(self):
        for value, part in (
            ("0.5", "scaled integer"),
            ("{1, 2}", "sorted("),
            ("(i for i in (1,))", "list(...)"),
            ("object()", "dataclasses"),
        ):
            text = f"from genlayer.py import calldata\n        calldata.encode({value})"
            self.check(body(text), "TypeError", "not calldata encodable", part)
        text = "from genlayer.py import calldata\n        calldata.encode({1: 2})"
        self.check(body(text), "TypeError", "str(k): v")
        self.check(body("return 1 + '0.5'"), "TypeError", "fraction")

    def test_names(self):
        self.check(body("return json.dumps({})"), "NameError", "import json")
        self.check(body("return msg.sender"), "NameError", "gl.message.sender_address")
        self.check(body("price = 1\n        return pirce"), "NameError", "did you mean `price`?")
        self.check(body("return true"), "NameError", "`True`")
        self.check(body("import requests"), "ModuleNotFoundError", "gl.nondet.web.get")
        self.check(body("from genlayer import TreeMpa"), "ImportError", "did you mean `TreeMap`?")
        self.check(body("return gl.llm('x')"), "AttributeError", "gl.nondet.exec_prompt")
        self.check(body("return self.mm"), "AttributeError", "self.m")
        self.check(body("return self.total"), "AttributeError", "declare the field")

    def test_refused_by_the_node(self):
        web = 'return gl.nondet.web.get("https://a.b")'
        self.check(body(web, refuse=6), "SystemError", "6: forbidden", "non-deterministic block")
        emit = 'gl.get_contract_at(self.w).emit(on="soon").go()'
        self.check(body(emit, refuse=2), "SystemError", "2: inval", '"finalized" or "accepted"')
        self.check(body(emit, refuse=7), "SystemError", "self.balance")
        self.check(body(emit, refuse=6), "SystemError", "@gl.public.write")
        self.check(body(emit, refuse=6, entry_kind=2), "SystemError", "before it or after it")
        self.check(body(emit, refuse=6, entry_kind=1), "SystemError", "allow_write_ops=True")

    def test_storage_write_in_a_block(self):
        host = fake.fresh(entry_kind=2)
        host.read_only = True
        with self.assertRaises(SystemError) as caught:
            _host.storage_write(bytes(32), 0, b"x")
        self.assertEqual(str(caught.exception), "6: forbidden")
        self.assertIn("store what the block returned", faults.describe(caught.exception)[1])

    def test_own_words(self):
        self.check(body('raise ValueError("too late")'), "ValueError", "too late", "gl.vm.UserError")
        self.check(body("assert self.n"), "AssertionError", "gl.vm.UserError")
        kind, message, _, _ = body("int('x')")
        self.assertEqual(kind, "ValueError")
        self.assertNotIn("UserError", message)

    def test_definitions(self):
        text = _HEAD + "class C(gl.Contract):\n    n: int\n"
        self.check(run(text), "TypeError", "C.n")
        text = _HEAD + "class C(gl.Contract):\n    MAX: int = 5\n"
        self.check(run(text), "TypeError", "`bigint`", "leave the type out: `MAX = 5`")
        text = _HEAD + "class C(gl.Contract):\n    @gl.public.view\n    @property\n    def n(self): pass\n"
        self.check(run(text), "TypeError", "not above a property")
        self.check(run("x = 1\n"), "Exception", "no contract defined", "gl.Contract")

    def test_a_field_and_a_method_of_one_name(self):
        method = "    @gl.public.view\n    def total(self): pass\n"
        for text, line in (
            ("class C(gl.Contract):\n    total: u256\n" + method, 4),
            ("class C(gl.Contract):\n" + method + "    total: u256\n", 3),
            ("class B:\n" + method + "class C(B, gl.Contract):\n    total: u256\n", 3),
            ("class C(gl.Contract):\n    total: u256\n    @staticmethod\n    def total(): pass\n", 4),
            ("@allow_storage\nclass P:\n    total: u256\n    def total(self): pass\n"
             "class C(gl.Contract):\n    p: P\n", 5),
        ):
            with self.subTest(text):
                fault = run(_HEAD + text)
                self.check(fault, "TypeError", ".total`", f"method `total`, contract.py:{line}", "rename one")

    def test_an_async_method(self):
        text = _HEAD + "class C(gl.Contract):\n    @gl.public.write\n    async def go(self): pass\n"
        fault = run(text)
        self.check(fault, "TypeError", "method `go` is `async`", "write `def go(...)`")
        self.assertEqual(fault[3], "contract.py:3")

    def test_a_schema(self):
        text = _HEAD + "class C(gl.Contract):\n    @gl.public.write\n    def go(self, {}: pass\n"
        for rest, parts in (
            ("x: float)", ("parameter `x`", "calldata has no `float`", "`str`", "`int`")),
            ("x: int) -> set[str]", ("the result",)),
            ("x: int) -> set", ("the result", "use `list`")),
            ("x: gl.Event)", ("parameter `x`", "`Event`", "dataclass")),
        ):
            fault = run(text.format(rest), call={"method": "#get-schema"})
            self.check(fault, "TypeError", "`C.go`", *parts)
            self.assertEqual(fault[3], "contract.py:3")

    def test_undeclared_fields(self):
        for value, kind in (("'a'", "str"), ("self.w", "Address"), ("[]", "DynArray[str]"), ("True", "bool"),
                            ("{}", "TreeMap[str, str]"), ("5", "u256"), ("{1}", "TreeMap[str, bool]")):
            with self.subTest(value), mock.patch.object(sys, "stderr", io.StringIO()) as said:
                body(f"self.kept = {value}; return {{1: 2}}")
                self.assertIn(f"(`kept: {kind}`, for example)", said.getvalue())

    def test_memory(self):
        self.check(faults.describe(MemoryError()), "MemoryError", "more memory than a call may")


def _raised(code, **names):
    """The error of a piece of code outside of a contract."""
    try:
        exec(code, {"__name__": "elsewhere", **names})
    except BaseException as error:
        return error
    raise AssertionError(f"{code!r} did not fail")


def _system(number, name, operation):
    error = SystemError(f"{number}: {name}")
    error.operation = operation
    return error


#: A body of a method (or a whole contract, or an error in the words of Python 3.14), and what the hint says.
_BODIES = (
    ("self.a[3]", "len("),
    ('self.m["x"]["y"]', "get_or_insert_default"),
    ('import os; return os.environ["NO_SUCH_VARIABLE"]', "argument"),
    ("self.n -= 1", "before you subtract"),
    ("self.n = 2**256", "`bigint`"),
    ("return 1 // 0", "divisor"),
    ("return 1 + '0.5'", "int(x)"),
    ("return 'a' + 1", "int(x)"),
    ("return '3' * '4'", "int(x)"),
    ("self.a.append(1)", "str(value)"),
    ("self.a.append(None)", "never None"),
    ("self.n = None", "never None"),
    ("self.n = 0.5", "int(value)"),
    ("self.b = 'text'", ".encode()"),
    ("import json; json.dumps(self.w)", "as_hex"),
    ("import json; json.loads('hello')", 'response_format="json"'),
    ("import json; json.loads('{1: 2}')", 'response_format="json"'),
    ("int('one')", "ask for one only"),
    ("b'\\xff'.decode()", '"replace"'),
    ("import datetime as d; d.datetime.now() - d.datetime.now(d.timezone.utc)", "timezone.utc"),
    ("self.n()", "without parentheses"),
    ("import datetime; datetime()", "datetime.datetime"),
    ("def loop(): return loop()\n        loop()", "use a loop"),
    ("return json", "import json"),
    ("return nothing_known", None),
    ("import no_such_library", "py-genlayer-multi"),
    ("from . import helper", "contract/__init__.py"),
    ("from genlayer import TreeMpa", "`TreeMap`"),
    ("return None.value", "check it"),
    ("return self.w.hexx", "as_hex"),
    ("return gl.public.read", "@gl.public.view"),
    ("import os; os.system_('ls')", None),
    ("import sys; sys.exit(3)", "gl.vm.UserError"),
    ("open('/no/such/file')", "fields"),
    ("input('name')", "argument"),
    ("return self.w < '0x02'", "Address(text)"),
    ("assert self.n == 5, 'wrong'", "gl.vm.UserError"),
    ("raise LookupError('gone')", "gl.vm.UserError"),
    ("raise KeyError('gone')", "gl.vm.UserError"),
    ("raise SystemError('6: forbidden')", "gl.vm.UserError"),
    ("self.two()", "parameters"),
    ("gl.eq_principle.prompt_non_comparative(lambda: 1)", "task=..."),
)
_CONTRACTS = (
    ("class Wrong(gl.contract):\n    pass\n", "capital C"),
    ("class Wrong(gl.Contract):\n    @gl.public.view()\n    def go(self): pass\n", "without parentheses"),
    ("class Wrong(gl.Contract):\n    @gl.public.write\n    def go(): pass\n", "first parameter"),
    ("class Wrong(gl.Contract):\n    def go(self): pass\n", "@gl.public.view"),
    ("class Wrong(gl.Contract):\n    @gl.public.write\n    def go(self):\n    pass\n", "four spaces"),
    ("class Wrong(gl.Contract):\n    @gl.public.write\n    def go(self):\n        await x\n", "leave `await` out"),
    ("x = 1\n", "class MyContract"),
    ("class Wrong(gl.Contract):\n    @gl.public.write\n    def go(self):\n        return {1: {2}}\n", "str(k): v"),
    ("class Wrong(gl.Contract):\n    @gl.public.write\n    def go(self):\n        return {3}\n", "sorted("),
)
_ERRORS = (
    (_system(6, "forbidden", "WebRender"), "strict_eq(ask)"),
    (_system(2, "inval", "EmitEvent"), "3 indexed"),
    (_system(7, "inbalance", "PostMessage"), "self.balance"),
    (TypeError("cannot pickle 'generator' object"), "plain values"),
    (pickle.PicklingError("Can't pickle <function>: it's not found"), "plain values"),
    (TypeError("unsupported operand type(s) for -: 'str' and 'int'"), "int(x)"),
    (TypeError("method expected 1 argument"), None),
    (MemoryError(), "smaller pieces"),
    (MemoryError("Parser stack overflowed - Python source too complex to parse"), "several lines"),
    (NameError("name 'json' is not defined. Did you forget to import 'json'?"), "import json"),
    (NameError("cannot access free variable 'x'"), None),
    (ImportError("cannot import name 'resources' from 'importlib' (/python/importlib/__init__.py)"), "timezone("),
    (OSError(errno.EROFS, "Read-only file system"), "fields"),
    (OSError(errno.EBADF, "a contract has no file of this number"), "`print(...)`"),
    (RuntimeError("input(): lost sys.stdin"), "argument"),
    (RuntimeError("can't start new thread"), "one after the other"),
    (AssertionError("Is right the same storage type? `P` <- `dict`"), "`P(...)`"),
    (TypeError("UserError needs a message: raise gl.vm.UserError(...)"), None),
)


class Rows(unittest.TestCase):
    """Every row of the table has an error that it is for, and says what to do."""

    #: A hint without a piece of code and without one of these words names no step.
    STEP = re.compile(
        r"(?i)`|\b(call|check|compare|decode|do|give|indent|keep|make|name|remove|split|take|use|work|write)\b"
    )

    def setUp(self):
        importer.TEXTS.clear()
        self.addCleanup(importer.TEXTS.clear)

    def names_a_step(self, hint):
        self.assertRegex(hint, self.STEP)
        self.assertFalse(hint.endswith((".", " ")), hint)

    def test_each_row_has_its_error(self):
        fired, wanted = set(), range(len(hints._ROWS))

        def note(error, _row_of=hints.row_of):
            found = _row_of(error)
            fired.add(found[0])
            return found

        with mock.patch.object(hints, "row_of", note), mock.patch.object(sys, "stdin", None), \
                warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)
            for text, part in _BODIES:
                self.hinted(body(text), text, part)
            for text, part in _CONTRACTS:
                self.hinted(run(_HEAD + text), text, part)
        for error, part in _ERRORS:
            fired.add(hints.row_of(error)[0])
            self.hinted(faults.describe(error), error, part)
        unused = [hints._ROWS[number][:2] for number in wanted if number not in fired]
        self.assertEqual(unused, [])

    def hinted(self, fault, what, part):
        hint = fault[2].rpartition("Hint: ")[2].strip().removesuffix(".") if "Hint: " in fault[2] else ""
        with self.subTest(what):
            if part is None:
                self.assertEqual(hint, "")
            else:
                self.assertIn(part, hint, fault[1])
                self.assertIn(hint, fault[1])
                self.names_a_step(hint)

    def test_tables(self):
        """Each name of the tables is met by an error as Python raises it."""
        for name, hint in (hints._IMPORTS | hints._NAMES).items():
            code = name if name != "gl" else "gl.message"
            hidden = {} if name in ("gl", "random") else {"gl": gl}
            expected = f"add `{hint}`" if name in hints._IMPORTS else hint
            self.assertEqual(hints.of(_raised(code, **hidden)), expected)
            self.names_a_step(expected)
        for name, hint in hints._MODULES.items():
            error = ModuleNotFoundError(f"No module named '{name}.part'", name=name)
            self.assertEqual(hints.of(error), hint)
            self.names_a_step(hint)
        for name, hint in hints._METHODS.items():
            value = next(item for item in ([], {}, "") if not hasattr(item, name))
            self.assertEqual(hints.of(_raised(f"value.{name}", value=value)), hint)
            self.names_a_step(hint)
        for name, hint in hints._SYSTEM.items():
            module = types.ModuleType("os")
            self.assertEqual(hints.of(_raised(f"os.{name}()", os=module)), hint)
            self.names_a_step(hint)

    def test_refusals(self):
        for kind, operations in ((0, ("WebRender", "storage_write", "PostMessage", "CallContract")),
                                 (1, ("storage_write",)), (2, ("storage_write", "RunNondet", "CallContract"))):
            fake.fresh(entry_kind=kind)
            for operation in operations:
                self.names_a_step(hints.of(_system(6, "forbidden", operation)))
        for operation in ("PostMessage", "DeployContract", "EmitEvent", "ExecPrompt", "WebRender", "CallContract", "?"):
            self.names_a_step(hints.of(_system(2, "inval", operation)))

    def test_look_alikes(self):
        """Errors that only look like those of the table get no hint, or another."""
        for text, wrong in (
            ("def apply(function): pass\n        apply()", "decorator"),
            ("class Stack: pass\n        Stack().push(1)", ".append"),
            ("class Strategy: pass\n        Strategy() - 1", "is text"),
            ("raise KeyError('no such user')", "get_or_insert_default"),
            ("raise IndexError('page 3')", "len("),
            ("raise MemoryError('busy')", "smaller pieces"),
            ("raise ValueError('does not fit')", "bigint"),
            ("eval('(' * 300 + ')' * 300)", "more memory"),
            ("import datetime; datetime()", "without parentheses"),
            ("import os; os.nothing_of_this_name", "did you mean"),
            ("'%d' % 'x'", "parameters"),
            ("d = {}\n        raise ValueError(d['x'])", "hand this message"),
            ("int(None)", "ask for one only"),
            ("float('nan').as_integer_ratio()", "not a number"),
            ("10.0 ** 400", "bigint"),
        ):
            with self.subTest(text):
                self.assertNotIn(wrong, body(text)[1])

    def test_a_file_beside_the_contract(self):
        self.assertIn("py-genlayer-multi", body("import helper")[1])
        with mock.patch.dict(importer.SOURCES, {"contract.helper": None}):
            self.assertIn("write `from . import helper`", body("import helper")[1])

    def test_a_question_has_no_full_stop(self):
        self.assertTrue(body("price = 1\n        return pirce")[2].endswith("`price`?\n"))


class Closed(unittest.TestCase):
    """Calls that would stop the interpreter raise an error that says what to do."""

    def test_waiting(self):
        for call in (lambda: closed.sleep(0), closed.wait_for_files):
            with self.assertRaisesRegex(RuntimeError, "a contract can not wait.*: remove `"):
                call()

    def test_locks(self):
        lock = closed.Lock()
        with lock:
            self.assertTrue(lock.locked())
            self.assertFalse(lock.acquire(blocking=False))
            self.assertFalse(lock.acquire(timeout=0))
            for timeout in (-1, 2):
                with self.assertRaisesRegex(RuntimeError, "can not wait: nobody else is there.* remove the wait"):
                    lock.acquire(timeout=timeout)
        with self.assertRaises(RuntimeError):
            lock.release()
        with self.assertRaisesRegex(TypeError, "cannot pickle"):
            pickle.dumps(lock)

    def test_what_is_built_on_locks(self):
        with mock.patch.object(threading, "Lock", closed.Lock), \
                mock.patch.object(threading, "_allocate_lock", closed.Lock):
            line = queue.Queue()
            line.put(1)
            self.assertEqual(line.get(), 1)
            simple = queue._PySimpleQueue()
            for wait in (line.get, simple.get, lambda: line.get(timeout=1), threading.Event().wait,
                         threading.Barrier(2).wait, threading.Semaphore(0).acquire):
                with self.assertRaisesRegex(RuntimeError, "can not wait"):
                    wait()
            with self.assertRaises(queue.Empty):
                line.get_nowait()

    def test_descriptors(self):
        fake.fresh()
        self.assertEqual(closed.write(1, b"a\xff"), 2)
        self.assertEqual("".join(closed._STREAMS[1]._parts), "a\\xff")
        closed._STREAMS[1]._parts.clear()
        for call in (lambda: closed.write(5, b""), lambda: closed.no_file(0, 1), lambda: files._open_packaged(0)):
            with self.assertRaises(OSError) as caught:
                call()
            self.assertEqual(caught.exception.errno, errno.EBADF)
        self.assertFalse(closed.isatty(0))
        self.assertEqual(closed.clock_info("time").resolution, 0.001)

    def test_they_stand_in_place_of_pythons(self):
        import select
        import time

        kept = [(owner, dict(vars(owner))) for owner in (os, select, time, threading, queue)]
        try:
            closed.install()
            with self.assertRaisesRegex(RuntimeError, "remove `time.sleep`"):
                time.sleep(1)
            with self.assertRaisesRegex(RuntimeError, "can not wait"):
                threading.Event().wait()
        finally:
            for owner, names in kept:
                vars(owner).update(names)


def _division():
    try:
        1 // 0
    except ZeroDivisionError as error:
        return error


if __name__ == "__main__":
    unittest.main()
