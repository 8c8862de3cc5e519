"""The package under a test tool's emulation of the node, each test in a Python of its own."""

import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path
from unittest import mock

from .fake import keccak256

PYTHON = Path(__file__).resolve().parent.parent

# A tool as small as it can be; it puts its start-up map on descriptor 0, as real ones do.
_TOOL = """
import io, os, sys, tempfile, types
sys.path.insert(0, {python!r})
sys.dont_write_bytecode = True
wasi = types.ModuleType("tool.wasi")
pages, asked, answers = {{}}, [], []
def storage_read(slot, off, buf, /):
    buf[:] = bytes(pages.get(slot, b"")[off:off + len(buf)]).ljust(len(buf), b"\\0")
def storage_write(slot, off, what, /):
    page = pages.setdefault(slot, bytearray())
    page.extend(bytes(max(0, off + len(what) - len(page))))
    page[off:off + len(what)] = what
def gl_call(data, /):
    asked.append(calldata.decode(data))
    if not answers:
        return 2**32 - 1
    file = tempfile.TemporaryFile()
    file.write(calldata.encode(answers.pop(0)))
    file.seek(0)
    return os.dup(file.fileno())
wasi.storage_read, wasi.storage_write, wasi.gl_call = storage_read, storage_write, gl_call
wasi.get_balance = lambda address: 7
wasi.get_self_balance = lambda: 8
sys.modules["_genlayer_wasi"] = wasi
from genlayer.py import calldata
from genlayer.py.types import Address
me, alice, bob = (Address(bytes([n]) * 20) for n in (1, 2, 3))
stdin = tempfile.TemporaryFile()
stdin.write(calldata.encode({{
    "contract_address": me, "sender_address": alice, "origin_address": alice, "stack": [], "value": 5,
    "datetime": "2026-01-02T03:04:05Z", "is_init": False, "chain_id": 1, "entry_kind": 0,
    "entry_data": b"", "entry_stage_data": None,
}}))
stdin.seek(0)
os.dup2(stdin.fileno(), 0)
from genlayer import *
def contract(code):
    module = types.ModuleType("contract")
    sys.modules["contract"] = module
    exec("from genlayer import *\\n" + code, vars(module))
    return module
def instance(cls):
    from genlayer.py.storage import ROOT_SLOT_ID
    from genlayer.py.storage._internal.generate import _storage_build
    return _storage_build(cls, {{}}).get(types.SimpleNamespace(id=ROOT_SLOT_ID), 0)
"""


class OutsideTest(unittest.TestCase):
    """Each test is a script."""

    def script(self, text, **environment):
        text = _TOOL.format(python=str(PYTHON)) + textwrap.dedent(text)
        command = [sys.executable, "-c", text]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_archive_says_which_generation_it_is_for(self):
        from genlayer import _outside

        self.assertEqual(_outside.generation(), 2)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(_outside, "__file__", f"{folder}/x.py"):
            Path(folder, "generation").write_text("3")
            self.assertEqual(_outside.generation(), 3)

    def test_keccak_without_a_node(self):
        from genlayer import _outside

        for length in (0, 1, 135, 136, 137, 300):
            data = bytes(range(256)) * 2
            self.assertEqual(_outside.keccak256(data[:length]), keccak256(data[:length]))

    def test_message_comes_from_descriptor_zero_and_changes_as_the_tool_says(self):
        self.script("""
            assert gl.message.sender_address == alice and gl.message.value == 5
            assert gl.message_raw["datetime"] == "2026-01-02T03:04:05Z"
            gl.message_raw["sender_address"] = bob
            held = gl.message
            gl.message = gl.MessageType(contract_address=me, sender_address=bob, origin_address=alice,
                                        value=u256(9), chain_id=u256(1))
            assert gl.message.sender_address == held.sender_address == bob and held.value == 9
            assert gl.message_raw["datetime"] > "2026-01-02T03:04:05Z"
        """)

    def test_a_key_set_before_the_first_look_stays(self):
        self.script("""
            gl.message_raw["sender_address"] = bob
            assert gl.message_raw["sender_address"] == bob and gl.message.contract_address == me
        """)

    def test_a_tool_without_a_node_has_a_zero_message(self):
        self.script("assert gl.message.value == 0", GENERATING_DOCS="true")

    def test_storage_follows_the_tools_bytes(self):
        self.script("""
            C = contract("class C(gl.Contract):\\n    a: u8\\n    m: TreeMap[str, u256]\\n").C
            c = instance(C)
            c.m["x"] = 1
            before = {slot: bytes(page) for slot, page in pages.items()}
            c.a, c.m["x"], c.m["y"] = 7, 2, 3
            assert (c.a, dict(c.m.items())) == (7, {"x": 2, "y": 3})
            pages.clear()
            pages.update((slot, bytearray(page)) for slot, page in before.items())
            gl.message = gl.MessageType(me, alice, alice, 0, 1)
            assert (c.a, dict(c.m.items())) == (0, {"x": 1})
            assert c.balance == 8 and gl.get_contract_at(bob).balance == 7
        """)

    def test_one_contract_for_each_module(self):
        self.script("""
            code = "class {}(gl.Contract):\\n    a: u8\\n"
            contract(code.format("A"))
            contract(code.format("A"))
            try:
                contract(code.format("A") + code.format("B"))
            except TypeError as error:
                assert "only one contract" in str(error)
            else:
                raise AssertionError("two contracts in one module")
        """)

    def test_sandboxes_are_plain_calls_and_the_tools_own_errors_pass(self):
        self.script("""
            assert gl.vm.spawn_sandbox(lambda: (1, 2)) == gl.vm.Return([1, 2])
            def fail(error):
                raise error
            assert gl.vm.spawn_sandbox(lambda: fail(gl.vm.UserError("no"))) == gl.vm.UserError("no")
            assert gl.vm.spawn_sandbox(lambda: 1 // 0) == gl.vm.VMError("exit_code 1")
            Missing = type("Missing", (Exception,), {"__module__": "tool.mocks"})
            try:
                gl.vm.spawn_sandbox(lambda: fail(Missing()))
            except Missing:
                pass
            else:
                raise AssertionError("the tool has not heard of it")
        """)

    def test_judges_are_asked_by_an_ordinary_prompt(self):
        self.script("""
            from genlayer.gl.eq_principle import _ask
            for answer, verdict in ((True, True), ("yes", True), ({"result": True}, True), ("no", False)):
                # The template is not known here: no answer; the prompt that follows has one.
                calls = iter((2**32 - 1, None))
                answers[:] = [{"ok": answer}]
                plain = wasi.gl_call
                wasi.gl_call = lambda data: next(calls) or gl_call(data)
                assert _ask("EqComparative", leader_answer="a", validator_answer="b", principle="p") is verdict
                assert "principle: p" in asked[-1]["ExecPrompt"]["prompt"]
                wasi.gl_call = plain
        """)

    def test_without_any_node_the_remedy_is_said(self):
        text = f"import sys; sys.path.insert(0, {str(PYTHON)!r}); sys.dont_write_bytecode = True\n"
        text += "from genlayer import *\ntry:\n    gl.message.value\n"
        text += "except RuntimeError as error:\n    assert 'outside of the contract sandbox' in str(error)\n"
        text += "else:\n    raise AssertionError\n"
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stderr)
