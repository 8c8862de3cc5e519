"""Faults of contracts: what Python says stays, and the usual mistakes get one sentence of advice."""

import pathlib
import sys
import unittest

from . import fake
from genlayer import *  # noqa: F403
from genlayer import _host
from genlayer.gl import _dispatch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "guest"))

import faults  # noqa: E402
import importer  # noqa: E402

_HEAD = "from genlayer import *\n"
_CLASS = (
    _HEAD + "class C(gl.Contract):\n    m: TreeMap[str, TreeMap[str, u256]]\n    a: DynArray[str]\n"
    "    n: u256\n    w: Address\n    @gl.public.write\n    def go(self):\n        "
)


def run(text, refuse=None, **message):
    """Imports a contract and calls `go`; returns the four parts of its fault."""
    host = fake.fresh(**message)
    host.refuse = refuse
    if refuse is not None:
        host.answers = [fake.Refused(refuse)] * 3
    importer.TEXTS["contract.py"] = text
    namespace = {"__name__": "contract"}
    try:
        exec(compile(text, "contract.py", "exec", dont_inherit=True), namespace)
        _dispatch.run_call({"method": "go"})
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
        self.assertEqual(place, "contract.py:9")
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
        self.check(run("x = 1\n"), "Exception", "no contract defined", "gl.Contract")

    def test_memory(self):
        self.check(faults.describe(MemoryError()), "MemoryError", "more memory than a call may")


def _division():
    try:
        1 // 0
    except ZeroDivisionError as error:
        return error


if __name__ == "__main__":
    unittest.main()
