"""Names of every generation, lenient ones too, and what their import paths make different."""

import datetime
import importlib
import json
import typing
import unittest

from . import fake
import genlayer
from genlayer import *  # noqa: F403
from genlayer import _generation, _host
from genlayer.gl import _dispatch, _errors
from genlayer.py import calldata

OTHER = Address(bytes([7]) * 20)

#: `module: names` that contracts of the wild, or the published documents, import or use.
NAMES = {
    "genlayer": "gl Address allow_storage Array DynArray TreeMap Keccak256 bigint u8 u256 i8 i256 Rollback "
    "UserError public private Lazy SizedArray IS_IN_VM contract chain message vm evm nondet eq_principle types "
    "calldata storage wasi",
    "genlayer.gl": "Contract public private message message_raw MessageType get_contract_at contract_interface "
    "deploy_contract Event trace trace_time_micro Lazy u8 i256 bigint Address SizedArray Keccak256 calldata "
    "storage wasi vm nondet eq_principle evm advanced get_webpage exec_prompt eq_principle_strict_eq "
    "eq_principle_prompt_comparative eq_principle_prompt_non_comparative eq_principles ContractAt eth "
    "eth_contract rollback_immediate storage_inmem_allocate contract UserError Rollback rollback block "
    "transfer http_fetch dataclass contract_at TreeMap DynArray Array allow_storage",
    "genlayer.gl.vm": "Return VMError UserError Result unpack_result spawn_sandbox run_nondet_unsafe run_nondet",
    "genlayer.gl.nondet": "exec_prompt Image NondetException _decode_nondet web",
    "genlayer.gl.nondet.web": "get post delete head patch put request render Response",
    "genlayer.gl.eq_principle": "strict_eq prompt_comparative prompt_non_comparative json_eq",
    "genlayer.gl.advanced": "user_error_immediate emit_raw_event ContractReturn ContractError run_nondet "
    "sandbox validator_handle_rollbacks_and_errors_default rollback_immediate",
    "genlayer.gl.evm": "contract_interface signature_of type_name_of selector_of MethodEncoder encode decode "
    "bytes1 bytes32 ContractProxy ContractDeclaration InplaceTuple",
    "genlayer.gl._internal.gl_call": "gl_call_generic",
    "genlayer.gl.genvm_contracts": "Contract GenVMContractDeclaration",
    "genlayer.gl.events": "Event",
    "genlayer.py.types": "Address u256 i8 bigint Lazy SizedArray Keccak256",
    "genlayer.py.storage": "DynArray Array TreeMap allow_storage inmem_allocate copy_to_memory Root "
    "ROOT_SLOT_ID Slot Manager InmemManager Indirection VLA",
    "genlayer.py.keccak": "Keccak256",
    "genlayer.py.calldata": "encode decode to_str",
    "genlayer.py.evm": "encode decode",
    "genlayer.py.evm.calldata": "MethodEncoder encode decode",
    "genlayer.py.eth": "encode decode",
    "genlayer.py.public_abi": "StorageType ResultCode EntryKind SpecialMethod",
    "genlayer.py.get_schema": "get_schema",
    "genlayer.py._internal": "create2_address",
    "genlayer.std": "Contract public message ContractAt advanced get_webpage exec_prompt Event calldata wasi "
    "eq_principle_strict_eq",
    "genlayer.std.nondet_fns": "exec_prompt get_webpage",
    "genlayer.std.eq_principles": "eq_principle_strict_eq eq_principle_prompt_comparative",
    "genlayer.contract": "Contract interface deploy get_at Proxy GenVMContractDeclaration StorageType ON",
    "genlayer.chain": "ON IAccount Account Event InternalMessageParams",
    "genlayer.vm": "spawn_sandbox run_nondet run_nondet_default unpack_result Return VMError UserError Result "
    "trace trace_time_micro yield_ get_timestamp register_runner map_file ABI",
    "genlayer.vm.public_abi": "StorageType EVENT_MAX_TOPICS",
    "genlayer.nondet": "exec_prompt Image NondetException web",
    "genlayer.nondet.web": "get put request render",
    "genlayer.eq_principle": "strict_eq prompt_comparative prompt_non_comparative",
    "genlayer.evm": "contract_interface encode",
    "genlayer.types": "u8 u256 i256 bigint Lazy Address SizedArray Keccak256 KeccakHash",
    "genlayer.calldata": "encode decode to_str CalldataEncodable DataclassMixin Raw DecodingError Encodable Decoded",
    "genlayer.storage": "DynArray Array TreeMap allow inmem_allocate Root ROOT_SLOT_ID Slot Manager Indirection VLA "
    "copy_to_memory",
    "genlayer.message_allocation": "ANY_METHOD InternalAllocation ExternalAllocation UseBalanceParams Descendants",
    "genlayer.wasi": "storage_read storage_write get_balance get_self_balance gl_call",
    "genlayer.testing": "",
    "_genlayer_wasi": "storage_read storage_write get_balance get_self_balance gl_call",
    "genlayermodelwrappers": "",
}


def done(value, code=0):
    """A sandbox's result."""
    return bytes([code]) + (calldata.encode(value) if code == 0 else value)


def ok(value):
    """An answer of the outside world."""
    return calldata.encode({"ok": value})


class Names(unittest.TestCase):
    def test_every_path_and_name(self):
        fake.fresh()
        for path, names in NAMES.items():
            module = importlib.import_module(path)
            for name in names.split():
                with self.subTest(f"{path}.{name}"):
                    self.assertTrue(hasattr(module, name))

    def test_star(self):
        names = {f"{sign}{bits}" for sign in "ui" for bits in range(8, 257, 8)}
        names |= set("gl Address allow_storage Array DynArray TreeMap Keccak256 bigint Rollback UserError".split())
        self.assertEqual(set(genlayer.__all__), names)

    def test_new_names_under_old_headers(self):
        names = {}
        exec("import genlayer as gl\nfrom genlayer import *", names)
        self.assertIs(names["gl"].contract.Contract, gl.Contract)
        self.assertIs(names["gl"].contract.get_at, genlayer.contract.get_at)
        self.assertIs(names["gl"].chain.Account, genlayer.chain.Account)

    def test_star_of_the_third_generation(self):
        self.addCleanup(_generation.use, 2)
        _generation.use(3)
        names = {"import_before": __name__}
        exec("import genlayer as gl\nfrom genlayer import *", names)
        self.assertIs(names["gl"], genlayer)
        self.assertIs(names["gl"].contract.Contract, names["gl"].Contract)
        self.assertIs(names["evm"], genlayer.evm)
        self.assertIs(names["storage"].allow, gl.allow_storage)
        self.assertIs(names["gl"].vm.run_nondet, gl.vm.run_nondet_unsafe)
        self.assertIs(importlib.import_module("genlayer.gl"), gl)

    def test_paths_that_mean_different_things(self):
        self.assertIs(genlayer.vm.run_nondet, gl.vm.run_nondet_unsafe)
        self.assertIsNot(genlayer.vm.run_nondet, gl.vm.run_nondet)
        self.assertIsNot(genlayer.nondet.exec_prompt, gl.nondet.exec_prompt)
        self.assertIs(genlayer.gl, gl)

    def test_did_you_mean(self):
        fake.fresh()
        for get, part in (
            (lambda: gl.llm, "gl.nondet.exec_prompt"),
            (lambda: gl.call_llm, "gl.nondet.exec_prompt"),
            (lambda: gl.storage_get, "declare the field"),
            (lambda: gl.sender, "gl.message.sender_address"),
            (lambda: gl.get_contract, "`gl.get_contract_at`"),
            (lambda: genlayer.deploy_contrct, "`gl.deploy_contract`"),
            (lambda: gl.vm.run_nondt, "`gl.vm.run_nondet`"),
            (lambda: genlayer.vm.spawn_sandbx, "`gl.vm.spawn_sandbox`"),
            (lambda: gl.nondet.exec_promt, "`gl.nondet.exec_prompt`"),
            (lambda: gl.nondet.get_webpage, "gl.nondet.web"),
            (lambda: gl.nondet.web.fetch, "gl.nondet.web.get"),
            (lambda: gl.eq_principle.strict, "strict_eq"),
            (lambda: gl.message.caller, "gl.message.sender_address"),
            (lambda: gl.message.sendr_address, "`gl.message.sender_address`"),
            (lambda: genlayer.message.valu, "`gl.message.value`"),
            (lambda: gl.get_contract_at(OTHER).get_price, ".view().get_price(...)"),
            (lambda: gl.vm.Return(1).value, ".calldata"),
            (lambda: gl.block.hash, "does not see hashes"),
            (lambda: genlayer.chain.Acount, "`gl.chain.Account`"),
        ):
            with self.assertRaises(AttributeError) as caught:
                get()
            self.assertIn(part, str(caught.exception))
        self.assertFalse(hasattr(gl, "__wrapped__"))

    def test_invented_names_that_work(self):
        host = fake.fresh()
        self.assertEqual(gl.message.sender, gl.message.sender_account)
        self.assertEqual(gl.message.contract_account, gl.message.contract_address)
        self.assertEqual(gl.message.block_number, gl.block.timestamp)
        self.assertEqual(gl.message.datetime, gl.block.datetime)
        self.assertEqual(gl.message[3], gl.message.value)
        self.assertEqual(len(gl.message), 5)
        gl.transfer(OTHER, 5)
        self.assertEqual(host.requests[-1]["PostMessage"]["value"], 5)
        gl.deploy_contract(code="x", salt=1)
        self.assertEqual(host.requests[-1]["DeployContract"]["salt_nonce"], 1)
        self.assertEqual(host.requests[-1]["DeployContract"]["code"], b"x")
        gl.emit_event("Paid", {"who": "a"}, amount=3)
        event = host.requests[-1]["EmitEvent"]
        self.assertEqual(event, {"topics": [fake.keccak256(b"Paid()")], "blob": {"who": "a", "amount": 3}})
        self.assertEqual(gl.message.block_timestamp, gl.message.timestamp)
        with self.assertRaises(UserError):
            gl.rollback("no")
        self.assertEqual(calldata.encode(gl.Lazy(lambda: 5)), calldata.encode(5))
        self.assertEqual(bytes(OTHER), OTHER.as_bytes)


class Errors(unittest.TestCase):
    def tearDown(self):
        _generation.use(2)

    def test_user_errors(self):
        for error in (UserError("a"), UserError(message="a"), UserError(data="a")):
            self.assertEqual((error.message, error.data, error.msg), ("a", "a", "a"))
            self.assertEqual(error, Rollback("a"))
        with self.assertRaisesRegex(TypeError, "needs a message"):
            UserError()
        self.assertEqual(str(UserError("a")), "UserError(message='a')")
        _generation.use(3)
        self.assertEqual(str(UserError({"a": 1})), "UserError({'a': 1})")

    def test_results(self):
        for data, wanted in (
            (done([1]), gl.vm.Return([1])),
            (done(b"no", 1), UserError("no")),
            (done(b"\xff" + calldata.encode({"a": 1}), 1), UserError({"a": 1})),
            (done(b"exit_code 1 # more", 2), gl.vm.VMError("exit_code 1 # more")),
        ):
            result = _errors.decode_result(data)
            self.assertEqual(result, wanted)
            self.assertIsInstance(result, gl.vm.Result)
            self.assertIsInstance(result, gl.vm.Result[int])
        self.assertEqual((result.public_code, result.detail), ("exit_code 1", "more"))
        self.assertNotIsInstance(result, Exception)
        self.assertIsInstance(result, gl.advanced.ContractError)
        self.assertEqual(gl.advanced.ContractReturn(3).data, 3)

    def test_immediate(self):
        for generation, wanted in ((2, {"Rollback": "5"}), (3, {"UserError": 5})):
            _generation.use(generation)
            host = fake.fresh()
            with self.assertRaises(_errors.ImmediateUserError):
                UserError.immediate(5)
            self.assertEqual(host.requests, [wanted])

    def test_errored_message_is_of_old_generations(self):
        fake.fresh()

        class Store(gl.Contract):
            pass

        self.assertIsNone(_dispatch.run_call({"method": "#error"}))
        _generation.use(3)
        with self.assertRaisesRegex(ValueError, "unknown special method"):
            _dispatch.run_call({"": "#error"})


class Third(unittest.TestCase):
    def test_messages(self):
        host = fake.fresh()
        proxy = genlayer.contract.get_at(OTHER)
        params = genlayer.chain.InternalMessageParams(1, 2, 3, [4], 5, 6, 7)
        proxy.emit(value=1, use_balance=True, fee_params=params).go(2)
        sent = host.requests[-1]["PostMessage"]
        self.assertEqual(sent["calldata"], {"": "go", "args": [2]})
        self.assertEqual((sent["use_balance"], sent["fee_params"]["rotations"]), (True, [4]))
        host.answers = [done(4)]
        self.assertEqual(proxy.view().get(), 4)
        self.assertEqual(host.requests[-1]["CallContract"]["calldata"], {"": "get"})
        host.answers = [done(4)]
        proxy.view(storage_view=genlayer.contract.StorageView.LATEST_FINALIZED).get()
        self.assertEqual(host.requests[-1]["CallContract"]["state"], 1)
        proxy.emit_transfer(3)
        proxy.emit_transfer(value=3)
        for value in (0, -1):
            with self.assertRaisesRegex(ValueError, "more than 0"):
                proxy.emit_transfer(value)
        account = genlayer.chain.Account(OTHER)
        account.emit_transfer(2, on="accepted")
        wanted = {"address": OTHER, "calldata": {}, "value": 2, "on": "accepted"}
        self.assertEqual(host.requests[-1], {"PostMessage": wanted})
        host.balances[OTHER.as_bytes] = 9
        self.assertEqual((account.balance, account.address), (9, OTHER))
        self.assertIsInstance(account, genlayer.chain.IAccount)
        self.assertIs(genlayer.contract.interface(object), genlayer.contract.get_at)
        genlayer.contract.deploy(code=b"c", use_balance=True, fee_params=params)
        self.assertEqual(host.requests[-1]["DeployContract"]["fee_params"]["execution_budget_per_round"], 3)
        with self.assertRaisesRegex(TypeError, r"Address\(text\)"):
            genlayer.contract.get_at("0x00")

    def test_amounts(self):
        fake.fresh()
        proxy = gl.get_contract_at(OTHER)
        proxy.emit_transfer(value=0)
        for value, kind in ((1.5, TypeError), ("1", TypeError), (-1, ValueError), (2**256, ValueError)):
            with self.assertRaisesRegex(kind, "value"):
                proxy.emit_transfer(value=value)

    def test_message(self):
        fake.fresh(value=3, chain_id=8, entry_stage_data=None)
        message = genlayer.message
        self.assertEqual((message.value, message.chain_id, genlayer.chain.id), (3, 8, 8))
        self.assertEqual(message.signer_address, message.origin_address)
        self.assertNotIn("signer_address", message.raw)
        self.assertEqual((message.is_init, message.entry_kind, message.entry_data), (False, 0, b""))
        self.assertEqual(message.raw["datetime"], message.datetime)
        self.assertIn("sender_address", dir(message))

    def test_machine(self):
        host = fake.fresh()
        host.answers = [None, calldata.encode(60), calldata.encode("custom:x"), None]
        genlayer.vm.yield_()
        minute = datetime.datetime(1970, 1, 1, 0, 1, tzinfo=datetime.timezone.utc)
        self.assertEqual(genlayer.vm.get_timestamp(), minute)
        self.assertEqual(genlayer.vm.register_runner(bytearray(b"code")), "custom:x")
        genlayer.vm.map_file("custom:x", "a", "/b")
        self.assertEqual(
            host.requests,
            [
                {"Yield": None},
                {"GetTimestamp": None},
                {"RegisterRunner": {"code": b"code"}},
                {"MapFile": {"runner": "custom:x", "path_in_runner": "a", "path_in_vfs": "/b"}},
            ],
        )

    def test_models(self):
        host = fake.fresh()
        prompt = genlayer.nondet.exec_prompt
        host.answers = [ok('{"a": 0.5}'), ok("text")]
        self.assertEqual(prompt("p", response_format="json"), {"a": 0.5})
        self.assertEqual(prompt("p"), "text")
        asked = [request["ExecPrompt"]["response_format"] for request in host.requests]
        self.assertEqual(asked, ["json_text", "text"])
        with self.assertRaises(genlayer.nondet.NondetException) as caught:
            prompt("  ")
        self.assertEqual((caught.exception.causes, caught.exception.ctx), (["EMPTY_PROMPT"], {}))

    def test_the_oldest_get_text_of_json(self):
        host = fake.fresh()
        host.answers = [ok('{"a": 1}'), ok({"a": 1}), ok({"a": 1})]
        self.addCleanup(_generation.use, 2)
        _generation.use(0)
        self.assertEqual(gl.exec_prompt("p", response_format="json"), '{"a": 1}')
        self.assertEqual(gl.nondet.exec_prompt("p", response_format="json"), {"a": 1})
        _generation.use(2)
        self.assertEqual(gl.exec_prompt("p", response_format="json"), {"a": 1})

    def test_mapped_files_are_shown(self):
        host = fake.fresh()
        host.answers = [calldata.encode([["/a", b"1"], ["/b", b"2"]])]
        shown = {}
        self.addCleanup(setattr, _host, "show_file", _host.show_file)
        _host.show_file = shown.__setitem__
        genlayer.vm.map_file("contract", "x/", "/")
        self.assertEqual(shown, {"/a": b"1", "/b": b"2"})

    def test_allocations(self):
        from genlayer import message_allocation as fees

        internal = genlayer.chain.InternalMessageParams(1, 2, 3, [4], 5, 6, 7)
        external = fees.ExternalMessageParams(8, 9)
        leaf = fees.ExternalAllocation(OTHER, b"abcd", external, 3)
        root = fees.InternalAllocation(OTHER, "pay", internal, 7, children=[leaf, leaf])
        sent = calldata.decode(calldata.encode(fees.UseBalanceParams(internal, [root, leaf])))
        self.assertEqual([item["parent_index"] for item in sent["descendants"]], [2**32 - 1, 0, 0, 2**32 - 1])
        self.assertEqual(sent["descendants"][0]["call_key"], b"pay".ljust(32, b"\0"))
        self.assertEqual(sent["descendants"][1]["call_key"], b"abcd".ljust(32, b"\0"))
        self.assertEqual(fees.call_key(None), fees.ANY_METHOD)
        self.assertEqual(fees.ANY_METHOD, fake.keccak256(b""))
        long = fees.call_key("n" * 32)
        self.assertEqual(long[:-1], fake.keccak256(b"n" * 32)[:-1])
        self.assertEqual(long[-1] & 1, 1)
        with self.assertRaisesRegex(ValueError, "at most 1024"):
            fees.flat([leaf] * 1025)
        with self.assertRaisesRegex(TypeError, "allocations"):
            fees.flat([1])


class First(unittest.TestCase):
    def test_old_events(self):
        host = fake.fresh()
        gl.advanced.emit_raw_event("Paid", ["who", "amount"], {"who": "a", "amount": 3, "note": "n"})
        event = host.requests[0]["EmitEvent"]
        self.assertEqual(event["topics"][0], fake.keccak256(b"Paid(amount,who)"))
        self.assertEqual(event["topics"][1], calldata.encode(3).ljust(32, b"\0"))
        self.assertEqual(event["blob"], {"who": "a", "amount": 3, "note": "n"})

    def test_results_of_validators(self):
        fake.fresh()
        default = gl.advanced.validator_handle_rollbacks_and_errors_default
        self.assertEqual(default(lambda: 1, gl.vm.Return(2)), (1, 2))

        def refuse():
            raise Rollback("no")

        def fail():
            raise ValueError("no")

        for function, leaders, verdict in (
            (lambda: 1, UserError("no"), False),
            (refuse, UserError("no"), True),
            (refuse, UserError("yes"), False),
            (refuse, gl.vm.Return(1), False),
            (fail, gl.vm.VMError("exit_code 2"), True),
            (fail, UserError("no"), False),
        ):
            host = fake.fresh()
            with self.assertRaises(RuntimeError):
                default(function, leaders)
            self.assertEqual(host.requests, [{"Return": verdict}])


class Arguments(unittest.TestCase):
    def test_wrong_ones_are_named(self):
        fake.fresh()
        web, prompt = gl.nondet.web, gl.nondet.exec_prompt
        for call, kind, part in (
            (lambda: web.get(17), TypeError, "`web.get`: `url` must be text, not int"),
            (lambda: web.get("u", headers=[1]), TypeError, "`headers` must be a dict"),
            (lambda: web.get("u", headers={"a": 1}), TypeError, "headers['a']"),
            (lambda: web.post("u", body={"a": 1}), TypeError, "json.dumps"),
            (lambda: web.request("u", method="JUMP"), ValueError, "`method` is one of GET"),
            (lambda: web.render("u", mode="pdf"), ValueError, "`mode` is one of text, html, screenshot"),
            (lambda: web.render("u", wait_after_loaded=5), TypeError, '"500ms"'),
            (lambda: prompt(5), TypeError, "`prompt` must be text, not int"),
            (lambda: prompt("p", images=b"x"), TypeError, "images=[image]"),
            (lambda: prompt("p", images=["x"]), TypeError, "an image is bytes"),
            (lambda: prompt("p", response_format="xml"), ValueError, '"text" or "json"'),
            (lambda: gl.eq_principle.strict_eq("x"), TypeError, "`fn` must be a function, not str"),
            (lambda: gl.eq_principle.prompt_comparative(value, 5), TypeError, "`principle` must be text"),
            (lambda: gl.eq_principle.prompt_non_comparative(value, task=1, criteria=""), TypeError, "`task`"),
            (lambda: gl.vm.run_nondet(1, value), TypeError, "`leader_fn` must be a function"),
            (lambda: gl.vm.spawn_sandbox(None), TypeError, "`fn` must be a function"),
            (lambda: gl.deploy_contract(code=5), TypeError, "`code` must be bytes"),
        ):
            with self.subTest(part), self.assertRaises(kind) as caught:
                call()
            self.assertIn(part, str(caught.exception))

    def test_typed_answers(self):
        host = fake.fresh()
        prompt = gl.nondet.exec_prompt
        host.answers = [ok("The answer: 1,204."), ok("Yes."), ok({"a": 1}), ok("hm")]
        self.assertEqual(prompt("p", response_format=int), 1204)
        self.assertIs(prompt("p", response_format=bool), True)
        self.assertEqual(prompt("p", response_format=dict), {"a": 1})
        with self.assertRaisesRegex(ValueError, "true or false"):
            prompt("p", response_format=bool)

    def test_fetched(self):
        host = fake.fresh()
        host.answers = [ok({"response": {"status": 404, "headers": {}, "body": b'{"a": 1}'}})]
        page = gl.nondet.fetch_url("https://a.b")
        self.assertEqual((page, page.text, page.status_code), ('{"a": 1}', '{"a": 1}', 404))
        self.assertEqual(json.loads(page), page.json())
        self.assertEqual(calldata.decode(calldata.encode(page)), page)

    def test_failures_are_sentences(self):
        host = fake.fresh()
        ctx = {"url": "https://a.b", "status": 404, "body": "404 page\nnot found\n"}
        host.answers = [calldata.encode({"error": {"causes": ["WEBPAGE_LOAD_FAILED"], "ctx": ctx}})]
        with self.assertRaises(gl.nondet.NondetException) as caught:
            gl.nondet.web.render("https://a.b")
        self.assertEqual(
            str(caught.exception),
            "the page could not be loaded (WEBPAGE_LOAD_FAILED): url: https://a.b, status: 404, "
            "body: 404 page not found",
        )
        self.assertEqual(caught.exception.args[0]["ctx"], ctx)


class Contracts(unittest.TestCase):
    def test_lost_attributes_are_said(self):
        import contextlib
        import io

        fake.fresh()

        class Store(gl.Contract):
            kept: u8

            @gl.public.write
            def go(self):
                self.kept = 1
                self.total = 2
                self._private = 3

        with contextlib.redirect_stderr(io.StringIO()) as said:
            _dispatch.run_call({"method": "go"})
        self.assertIn("`self.total` is lost", said.getvalue())
        self.assertEqual(said.getvalue().count("note:"), 1)

    def test_unknown_names(self):
        fake.fresh()

        class Store(gl.Contract):
            balances: TreeMap[Address, u256]

            @gl.public.view
            def total(self):
                return self.balanses

            @property
            def broken(self):
                return None.x

        instance = _dispatch._instance(Store)
        for get, part in (
            (lambda: instance.total(), "`self.balances`"),
            (lambda: instance.storage, "declare the field"),
            (lambda: instance.owner, "`owner: str` for a text"),
            (lambda: instance.sender, "gl.message.sender_address"),
            (lambda: instance.broken, "'NoneType'"),
        ):
            with self.assertRaises(AttributeError) as caught:
                get()
            self.assertIn(part, str(caught.exception))
        with self.assertRaisesRegex(ValueError, "no method `totl`. Did you mean `total`?"):
            _dispatch.run_call({"method": "totl"})
        with self.assertWarns(UserWarning):
            instance.emit_transfer(4)

    def test_introspection(self):
        class Store(gl.Contract):
            @gl.public.view
            def a(self): ...

            @gl.public.write.min_gas(leader=3, validator=4).payable
            def b(self): ...

        self.assertTrue(Store.__gl_contract__)
        self.assertEqual((Store.a.__gl_public__, Store.a.__gl_readonly__), (True, True))
        self.assertEqual((Store.b.__gl_readonly__, Store.b.__gl_payable__), (False, True))
        self.assertEqual((Store.b.__gl_min_gas_leader__, Store.b.__gl_min_gas_validator__), (3, 4))

    def setUp(self):
        fake.fresh()


def value() -> typing.Any:
    return 1


if __name__ == "__main__":
    unittest.main()
