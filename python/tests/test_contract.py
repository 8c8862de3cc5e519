"""Dispatch, schema, events, proxies: requests as the node sees them."""

import json
import typing
import unittest

from . import fake
from genlayer import *  # noqa: F403
from genlayer.gl import _dispatch, _proxy
from genlayer.py import calldata
from genlayer.py.get_schema import schema_text


def call(_method=None, *args, **kwargs):
    """Runs a call object on the defined contract."""
    body = {"args": list(args), "kwargs": kwargs}
    if _method is not None:
        body["method"] = _method
    return _dispatch.run_call(body)


def answer(value, code=0):
    """A sandbox's result."""
    return bytes([code]) + (calldata.encode(value) if code == 0 else value.encode())


def define_storage():
    class Store(gl.Contract):
        data: str
        count: u32

        def __init__(self, data: str = "zero"):
            self.data = data

        @gl.public.view
        def get(self) -> str:
            return self.data

        @gl.public.write
        def put(self, data: str) -> None:
            self.data = data
            self.count += 1

        @gl.public.write.payable
        def pay(self) -> int:
            return gl.message.value

        def hidden(self):
            return 1

    return Store


class Dispatch(unittest.TestCase):
    def test_storage(self):
        host = fake.fresh(is_init=True)
        define_storage()
        call(None, "one")
        gl._message.message_raw["is_init"] = False
        self.assertEqual(call("get"), "one")
        call("put", data="two")
        self.assertEqual(call("get"), "two")
        text = gl.storage.Root.get().contract_instance.slot()
        self.assertEqual(bytes(host.slots[text.id])[:8], b"\3\0\0\0\1\0\0\0")

    def test_lock_default(self):
        fake.fresh(is_init=True)
        define_storage()
        call()
        self.assertEqual(
            list(gl.storage.Root.get().locked_slots.get()),
            [
                0,
                104719743780096590577697194990451901900258198514698274453690604555695722573537,
                5147135863452175656394978567785114489906633378855095627257376406960105455802,
                46342954650747611132690097513405510122375903838997656252402239048600340445473,
            ],
        )

    def test_refusals(self):
        fake.fresh(value=5)
        define_storage()
        for name, text in (
            ("__init__", "start with __"),
            ("hidden", "private"),
            ("put", "non-payable"),
            ("nothing", "no method"),
            ("#what", "unknown special"),
            ("", "plain transfers"),
        ):
            with self.subTest(name=name), self.assertRaisesRegex(ValueError, text):
                call(name)
        self.assertEqual(call("pay"), 5)
        self.assertIsNone(call("#error"))

    def test_hooks(self):
        seen = []

        def define(payable):
            mark = gl.public.write.payable if payable else gl.public.write

            class Hooks(gl.Contract):
                @gl.public.write.payable
                def __receive__(self):
                    seen.append("receive")

                @mark
                def __handle_undefined_method__(self, method_name, args, kwargs):
                    seen.append((method_name, args, kwargs))

        fake.fresh(value=1)
        define(False)
        call("")
        with self.assertRaises(ValueError):
            call("gone", 1)
        fake.fresh(value=1)
        define(True)
        call()
        call("gone", 1, x=2)
        self.assertEqual(seen, ["receive", "receive", ("gone", [1], {"x": 2})])

    def test_definition(self):
        fake.fresh()
        with self.assertRaisesRegex(Exception, "no contract defined"):
            call("get")
        define_storage()
        with self.assertRaisesRegex(TypeError, "only one contract is allowed"):
            define_storage()
        fake.fresh()
        with self.assertRaisesRegex(TypeError, "must be private"):

            class Bad(gl.Contract):
                @gl.public.write
                def __init__(self):
                    pass

        with self.assertRaises(TypeError) as caught:

            class Worse(gl.Contract):
                x: int

        self.assertIn("during generating field `Worse.x`", caught.exception.__notes__[0])

    def test_v3_names(self):
        import genlayer
        import genlayer.gl.vm as glvm
        from genlayer.py.types import u256 as again
        from genlayer.std.nondet_fns import exec_prompt

        fake.fresh(value=3)
        self.assertIs(genlayer.contract.Contract, gl.Contract)
        self.assertEqual(genlayer.message.value, 3)
        self.assertEqual(genlayer.message.sender_address, Address(fake.SENDER))
        self.assertIs(genlayer.vm.run_nondet, glvm.run_nondet_unsafe)
        self.assertIs(again, u256)
        self.assertIs(exec_prompt, gl.exec_prompt)
        self.assertEqual([u256("5"), u256(2.5), isinstance(4, u8), isinstance(256, u8)], [5, 2, True, False])
        self.assertEqual(gl.message.timestamp, 1732603362)


class Schema(unittest.TestCase):
    def test_prim_types(self):
        fake.fresh()

        class Contract(gl.Contract):
            def __init__(self):
                pass

            @gl.public.write
            def foo(self, a1: u256, a2: None, a3: bool, a4: str, a5: bytes, a6: Address):
                pass

            @gl.public.write
            def erased(self, a1: list, a2: dict, a3: typing.Any):
                pass

        self.assertEqual(
            schema_text(Contract),
            '{"ctor":{"params":[],"kwparams":{}},"methods":{"erased":{"params":[["a1","array"],["a2","dict"],'
            '["a3","any"]],"kwparams":{},"readonly":false,"ret":"any","payable":false},"foo":{"params":'
            '[["a1","int"],["a2","null"],["a3","bool"],["a4","string"],["a5","bytes"],["a6","address"]],'
            '"kwparams":{},"readonly":false,"ret":"any","payable":false}}}',
        )

    def test_shapes(self):
        fake.fresh()

        class Contract(gl.Contract):
            @gl.public.view
            def a(self) -> tuple[int, int]: ...

            @gl.public.view
            def b(self) -> tuple[int, ...]: ...

            @gl.public.view
            def c(self, *, x: list | None) -> dict[str, int | str | None]: ...

            @gl.public.write.min_gas(leader=1, validator=2).payable
            def d(self, x: TreeMap[str, DynArray[u8]]) -> "list[Address]": ...

            @gl.public.write.payable
            def __receive__(self): ...

        methods = json.loads(call("#get-schema"))["methods"]
        self.assertEqual(list(methods), ["a", "b", "c", "d"])
        self.assertEqual(methods["a"]["ret"], ["int", "int"])
        self.assertEqual(methods["b"]["ret"], [{"$rep": "int"}])
        self.assertEqual(methods["c"]["kwparams"], {"x": {"$or": ["array", "null"]}})
        self.assertEqual(methods["c"]["ret"], {"$dict": {"$or": ["int", "string", "null"]}})
        self.assertEqual(
            list(methods["d"]),
            ["params", "kwparams", "min_gas_leader", "min_gas_validator", "readonly", "ret", "payable"],
        )
        self.assertEqual(methods["d"]["params"], [["x", {"$dict": [{"$rep": "int"}]}]])
        self.assertEqual((methods["d"]["ret"], methods["d"]["payable"]), ([{"$rep": "address"}], True))

    def test_decorated(self):
        fake.fresh()

        @gl.contract
        class Old:
            x: u8

            def __init__(self, x: int):
                self.x = x

            @gl.public.view
            def get(self) -> int:
                return self.x

        self.assertEqual(json.loads(call("#get-schema"))["ctor"]["params"], [["x", "int"]])
        self.assertEqual(call("get"), 0)

    def test_refused(self):
        fake.fresh()

        class Contract(gl.Contract):
            @gl.public.view
            def bad(self) -> float: ...

        with self.assertRaises(TypeError):
            schema_text(Contract)


class Requests(unittest.TestCase):
    def test_events(self):
        host = fake.fresh()

        class TestEvent(gl.Event):
            def __init__(self, user_id: int, action: str, /, **blob): ...

        TestEvent(42, "create", timestamp=1234567890, data="test_data").emit()
        event = host.requests[0]["EmitEvent"]
        self.assertEqual(
            [topic.hex() for topic in event["topics"]],
            [
                "b4751df565fc3554764e2790943960c9cdfe7cf510331db29881bf1523b40dac",
                "d102" + "00" * 30,
                "34637265617465" + "00" * 25,
            ],
        )
        self.assertEqual(
            calldata.encode(event["blob"]).hex(),
            "2606616374696f6ed10204646174614c746573745f64617461"
            "0974696d657374616d7091adc0e52407757365725f696434637265617465",
        )
        with self.assertRaises(TypeError):
            TestEvent(1)
        with self.assertRaises(TypeError):
            TestEvent(1, 2, action=3)
        with self.assertRaises(TypeError):

            class Bad(gl.Event):
                def __init__(self, a): ...

    def test_proxies(self):
        host = fake.fresh()
        other = Address(bytes([7]) * 20)
        proxy = gl.get_contract_at(other)
        host.answers = [answer([3]), answer("no", 1), answer("exit_code 1", 2), answer(None)]
        self.assertEqual(proxy.view().f(1, k=2), [3])
        with self.assertRaises(gl.vm.UserError) as caught:
            proxy.view().f()
        self.assertEqual(str(caught.exception), "UserError(message='no')")
        with self.assertRaises(UserError):
            proxy.view(state=1).f()
        lazy = proxy.view().f.lazy()
        self.assertIsNone(lazy.get())
        self.assertEqual(
            host.requests[0],
            {"CallContract": {"address": other, "calldata": {"method": "f", "args": [1], "kwargs": {"k": 2}}, "state": 2}},
        )
        proxy.emit(value=4, on="accepted").g()
        proxy.emit_transfer(value=u256(9))
        self.assertEqual(
            host.requests[-2:],
            [
                {"PostMessage": {"address": other, "calldata": {"method": "g"}, "value": 4, "on": "accepted"}},
                {"PostMessage": {"address": other, "calldata": {}, "value": 9, "on": "finalized"}},
            ],
        )
        with self.assertRaisesRegex(TypeError, "address expected"):
            gl.get_contract_at("0x" + "00" * 20)
        host.answers = [fake.Refused(2)]
        with self.assertRaisesRegex(SystemError, "^2: inval$"):
            proxy.emit(on="bad").g()

    def test_deploy(self):
        fake.fresh()
        self.assertIsNone(gl.deploy_contract(code=b"x"))
        for deployer, salt, chain, expected in (
            ("0x03FB09251eC05ee9Ca36c98644070B89111D4b3F", 127, 255, "0x31a38fac42349DC16a84A22FbBACCBb6E238B7F9"),
            ("0x" + "01" + "00" * 19, 1, 0, "0xf539Cb83f077Cd01BDd1a4E002866dCC0D15D633"),
        ):
            self.assertEqual(_proxy.create2_address(Address(deployer), salt, chain).as_hex, expected)
        self.assertEqual(
            gl.deploy_contract(code=b"x", args=[1], salt_nonce=1).as_hex,
            "0xf539Cb83f077Cd01BDd1a4E002866dCC0D15D633",
        )

    def test_evm(self):
        host = fake.fresh()

        @gl.evm.contract_interface
        class Token:
            class View:
                def balanceOf(self, owner: Address, /) -> u256: ...

            class Write:
                def transfer(self, to: Address, amount: u256, /): ...

        other = Address(bytes([7]) * 20)
        token = Token(other)
        token.emit(value=3).transfer(other, 5)
        token.emit_transfer(value=8)
        host.answers = [(9).to_bytes(32, "big")]
        self.assertEqual(token.view().balanceOf(other), 9)
        padded = bytes(12) + other.as_bytes
        self.assertEqual(
            host.requests,
            [
                {"EthSend": {"address": other, "calldata": bytes.fromhex("a9059cbb") + padded + (5).to_bytes(32, "big"), "value": 3}},
                {"EthSend": {"address": other, "calldata": b"", "value": 8}},
                {"EthCall": {"address": other, "calldata": bytes.fromhex("70a08231") + padded}},
            ],
        )

    def test_abi(self):
        fake.fresh()
        from genlayer.py import evm

        kind = tuple[evm.InplaceTuple, u256, DynArray[u32], evm.bytes10, bytes]
        value = (0x123, [0x456, 0x789], b"1234567890", b"Hello, world!")
        # The worked example of the ABI specification.
        data = bytes.fromhex(
            "0000000000000000000000000000000000000000000000000000000000000123"
            "0000000000000000000000000000000000000000000000000000000000000080"
            "3132333435363738393000000000000000000000000000000000000000000000"
            "00000000000000000000000000000000000000000000000000000000000000e0"
            "0000000000000000000000000000000000000000000000000000000000000002"
            "0000000000000000000000000000000000000000000000000000000000000456"
            "0000000000000000000000000000000000000000000000000000000000000789"
            "000000000000000000000000000000000000000000000000000000000000000d"
            "48656c6c6f2c20776f726c642100000000000000000000000000000000000000"
        )
        self.assertEqual(evm.encode(kind, value), data)
        self.assertEqual(evm.decode(kind, data), value)
        self.assertEqual(evm.signature_of("f", kind), "f(uint256,uint32[],bytes10,bytes)")
        self.assertEqual(evm.selector_of("f", kind).hex(), "8be65246")
        nested = tuple[str, list[tuple[bool, i8]]]
        sample = ("a", [(True, -1), (False, 2)])
        self.assertEqual(evm.decode(nested, evm.encode(nested, sample)), sample)

    def test_nondet(self):
        host = fake.fresh()
        host.answers = [
            calldata.encode({"ok": "hi"}),
            calldata.encode({"ok": {"response": {"status": 404, "headers": {"a": b"1"}, "body": b'{"x":1}'}}}),
            calldata.encode({"ok": {"text": "page"}}),
            calldata.encode({"ok": {"image": b"png"}}),
            calldata.encode({"error": {"causes": ["X"], "ctx": {"status": 1}}}),
        ]
        self.assertEqual(gl.nondet.exec_prompt("p", image=1), "hi")
        response = gl.nondet.web.post("u", body="b", headers={"h": "v"})
        self.assertEqual((response.status_code, response.ok, response.json()), (404, False, {"x": 1}))
        self.assertEqual(gl.nondet.web.render("u", mode="text"), "page")
        self.assertEqual(gl.nondet.web.render("u", mode="screenshot").raw, b"png")
        with self.assertRaises(gl.nondet.NondetException) as caught:
            gl.nondet.web.get("u")
        self.assertEqual(caught.exception.args[0], {"causes": ["X"], "ctx": {"status": 1}})
        self.assertEqual(
            host.requests[:3],
            [
                {"ExecPrompt": {"prompt": "p", "response_format": "text", "images": []}},
                {"WebRequest": {"method": "POST", "url": "u", "headers": {"h": b"v"}, "body": b"b"}},
                {"WebRender": {"mode": "text", "url": "u", "wait_after_loaded": "0ms"}},
            ],
        )


if __name__ == "__main__":
    unittest.main()
