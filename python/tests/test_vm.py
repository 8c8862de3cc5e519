"""Sandboxes and non-deterministic blocks on a node that runs them in this process."""

import pickle
import unittest
from unittest import mock

from . import fake
import genlayer
from genlayer import *  # noqa: F403
from genlayer.gl import vm
from genlayer.py import calldata


class Node(fake.FakeHost):
    """Runs `Sandbox` and `RunNondet`; keeps the validators' verdicts."""

    def __init__(self):
        super().__init__()
        self.verdicts = []
        self.templates = []
        self.leader_says = None

    def gl_call(self, request):
        ((name, fields),) = calldata.decode(request).items()
        if name == "Sandbox":
            return self.run(lambda: pickle.loads(fields["data"])())
        if name == "RunNondet":
            leader = self.leader_says or self.run(lambda: pickle.loads(fields["data_leader"])(None))
            stage = {"leaders_result": leader}
            self.verdicts.append(self.run(lambda: pickle.loads(fields["data_validator"])(stage)))
            return leader
        if name == "ExecPromptTemplate":
            self.templates.append(fields)
            return calldata.encode({"ok": True if "output" in fields or "principle" in fields else "done"})
        return super().gl_call(request)

    @staticmethod
    def run(function):
        try:
            return b"\0" + calldata.encode(function())
        except UserError as error:
            return b"\1" + error.message.encode()
        except Exception:
            return b"\2exit_code 1"


YES, NO = b"\0\x10", b"\0\x08"


def value():
    return (1, "a")


def user_error():
    raise gl.vm.UserError("E")


def failure():
    raise ValueError("x")


def text():
    return "input"


def says_true(result):
    return True


def says_one(result):
    return 1


def echo_error(result):
    if isinstance(result, gl.vm.UserError):
        raise gl.vm.UserError(result.message)
    if isinstance(result, gl.vm.VMError):
        raise ValueError("same")
    return result.calldata == [1, "a"]


class Vm(unittest.TestCase):
    def setUp(self):
        fake.fresh()
        self.node = Node()
        fake._host.install(self.node, fake.Refused)
        patch = mock.patch.object(vm, "pickled", pickle.dumps)
        patch.start()
        self.addCleanup(patch.stop)

    def test_sandbox(self):
        self.assertEqual(gl.vm.spawn_sandbox(value), gl.vm.Return([1, "a"]))
        self.assertEqual(gl.vm.spawn_sandbox(user_error), gl.vm.UserError("E"))
        self.assertEqual(gl.vm.spawn_sandbox(failure), gl.vm.VMError("exit_code 1"))
        self.assertNotEqual(gl.vm.spawn_sandbox(failure), gl.vm.UserError("exit_code 1"))
        self.assertEqual(gl.vm.spawn_sandbox.lazy(value).get().calldata, [1, "a"])

    def test_unsafe(self):
        self.assertEqual(gl.vm.run_nondet_unsafe(value, echo_error), [1, "a"])
        with self.assertRaises(gl.vm.UserError):
            gl.vm.run_nondet_unsafe(user_error, says_true)
        gl.vm.run_nondet_unsafe(value, says_one)
        self.assertEqual(self.node.verdicts, [YES, YES, b"\0" + calldata.encode(1)])

    def test_compared(self):
        cases = (
            (value, says_true, YES),
            (value, echo_error, YES),
            (value, user_error_validator, NO),
            (value, says_one, b"\2exit_code 1"),
            (user_error, echo_error, YES),
            (user_error, says_true, NO),
            (failure, echo_error, YES),
            (failure, says_true, NO),
        )
        for leader, validator, verdict in cases:
            with self.subTest(leader=leader.__name__, validator=validator.__name__):
                try:
                    gl.vm.run_nondet(leader, validator)
                except gl.vm.UserError:
                    self.assertIsNot(leader, value)
                self.assertEqual(self.node.verdicts.pop(), verdict)

    def test_first_generation(self):
        cases = (
            (value, says_true, YES),
            (value, says_one, NO),
            (value, user_error_validator, NO),
            (user_error, says_true, YES),
            (user_error, echo_error, YES),
            (user_error, user_error_validator, NO),
            (user_error, failing_validator, NO),
            (failure, failing_validator, YES),
            (failure, says_true, YES),
        )
        for leader, validator, verdict in cases:
            with self.subTest(leader=leader.__name__, validator=validator.__name__):
                lazy = gl.advanced.run_nondet(leader, validator)
                if leader is value:
                    self.assertEqual(lazy.get(), [1, "a"])
                else:
                    self.assertRaises(gl.vm.UserError, lazy.get)
                self.assertEqual(self.node.verdicts.pop(), verdict)
        self.assertEqual(gl.advanced.sandbox(value).get(), [1, "a"])
        self.assertRaises(UserError, gl.advanced.sandbox(user_error).get)
        self.assertRaises(gl.advanced.ContractError, gl.advanced.sandbox(failure).get)

    def test_third_generation(self):
        genlayer.vm.run_nondet(value, echo_error)
        genlayer.vm.run_nondet_default(value, echo_error)
        self.node.leader_says = b"\2exit_code 1 # somewhere"
        for function, verdict in (
            (gl.vm.run_nondet, NO),
            (genlayer.vm.run_nondet_default, YES),
        ):
            self.assertRaises(UserError, function, failure, failing_validator)
            self.assertEqual(self.node.verdicts.pop(), verdict)
        self.assertEqual(self.node.verdicts, [YES, YES])
        result = genlayer.vm.spawn_sandbox(value, allow_write_storage=True)
        self.assertEqual(result, gl.vm.Return([1, "a"]))

    def test_stage_of_the_newest_generation(self):
        entry = vm._Validator(echo_error)
        self.assertTrue(entry({"leader_result": b"\0" + calldata.encode([1, "a"])}))

    def test_json_eq(self):
        self.node.leader_says = b"\0" + calldata.encode('{"b": 1, "a": 2}')
        gl.eq_principle.json_eq(json_text)
        self.assertEqual(self.node.verdicts, [YES])

    def test_strict_eq(self):
        self.assertEqual(gl.eq_principle.strict_eq(value), [1, "a"])
        with self.assertRaises(gl.vm.UserError):
            gl.eq_principle.strict_eq(user_error)
        self.node.leader_says = b"\0" + calldata.encode([2, "a"])
        self.assertEqual(gl.eq_principle.strict_eq(value), [2, "a"])
        self.assertEqual(self.node.verdicts, [YES, YES, NO])

    def test_first_strict_eq(self):
        for leader_says, function, verdict in (
            (None, value, YES),
            (b"\0" + calldata.encode([2, "a"]), value, NO),
            (b"\2exit_code 2", failure, YES),
            (b"\1E", user_error, YES),
            (b"\1F", user_error, NO),
            (b"\1E", value, NO),
        ):
            self.node.leader_says = leader_says
            try:
                gl.eq_principle_strict_eq(function)
            except UserError:
                self.assertIsNotNone(leader_says)
            self.assertEqual(self.node.verdicts.pop(), verdict)

    def test_prompts(self):
        self.assertEqual(gl.eq_principle.prompt_comparative(value, "p"), [1, "a"])
        self.assertEqual(
            gl.eq_principle.prompt_non_comparative(text, task="t", criteria="c"), "done"
        )
        self.assertEqual(
            self.node.templates,
            [
                {"template": "EqComparative", "leader_answer": "[1, 'a']", "validator_answer": "[1, 'a']", "principle": "p"},
                {"template": "EqNonComparativeLeader", "task": "t", "criteria": "c", "input": "input"},
                {"template": "EqNonComparativeValidator", "task": "t", "criteria": "c", "input": "input", "output": "done"},
            ],
        )
        self.assertEqual(self.node.verdicts, [YES, YES])

    def test_comparative_function(self):
        compare = gl.eq_principle.prompt_comparative
        self.node.leader_says = b"\0" + calldata.encode([2, "a"])
        compare(value, comparative_fn=second_is_equal)
        gl.eq_principle.custom(value, first_is_equal)
        self.node.leader_says = b"\0" + calldata.encode("yes")
        self.node.answers = [calldata.encode({"ok": "no"})]
        compare("a prompt", comparative_fn=first_is_equal)
        self.assertEqual(self.node.verdicts, [YES, NO, NO])
        with self.assertRaisesRegex(TypeError, "`principle` must be text"):
            compare(value)

    def test_unpack(self):
        with self.assertRaisesRegex(gl.vm.UserError, "vm error: OOM"):
            gl.vm.unpack_result(gl.vm.VMError("OOM"))
        self.assertEqual(gl.vm.unpack_result(gl.vm.Return(1)), 1)


def first_is_equal(leaders, mine):
    return leaders[0] == mine[0]


def second_is_equal(leaders, mine):
    return leaders[1] == mine[1]


def failing_validator(result):
    raise ValueError("no")


def json_text():
    return '{"a":2,"b":1}'


def user_error_validator(result):
    raise gl.vm.UserError("no")


if __name__ == "__main__":
    unittest.main()
