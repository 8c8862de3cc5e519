"""Bad input over RPC: one clear error with a stable code, state untouched, the node goes on."""

import json
import unittest
from pathlib import Path

from harness import raw, stage
from harness.crowd import crowd
from harness.rpc import RpcError
from harness.wallet import Wallet, explain, leader, source, succeeded

PROBE = Path(__file__).with_name("probe.contract.py").read_text()
INVALID_PARAMS = -32602


class BadInput(unittest.TestCase):
    """One account, one storage contract; neither may change."""

    @classmethod
    def setUpClass(cls):
        stage.models().rest()
        cls.network = stage.public()
        cls.rpc = cls.network.rpc
        cls.wallet = Wallet(cls.network)
        cls.wallet.fund(1000)
        cls.contract = cls.wallet.install(source("storage"), "kept")
        cls.probe = cls.wallet.install(PROBE)

    def setUp(self):
        self.addCleanup(self.check_untouched, self.state())

    def state(self):
        wallet = self.wallet
        return wallet.balance(), wallet.nonce(), wallet.read(self.contract, "get")

    def check_untouched(self, before):
        self.assertTrue(self.network.is_alive)
        self.assertEqual(self.state(), before)

    def refused(self, code, words, method, *params):
        """The call is answered with this code and these words."""
        with self.assertRaises(RpcError) as caught:
            self.rpc.call(method, *params)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.assertIn(words, caught.exception.message)
        return caught.exception

    def signed(self, nonce=None, **more):
        nonce = self.wallet.nonce() if nonce is None else nonce
        return raw.signed(self.wallet.account, self.contract, "set", "changed", nonce=nonce, **more)


class Transactions(BadInput):
    """Raw transactions that must not get in."""

    def test_not_hex(self):
        self.refused(INVALID_PARAMS, "expected a signed transaction in hex", "eth_sendRawTransaction", "hello")

    def test_not_a_transaction(self):
        self.refused(INVALID_PARAMS, "Invalid transaction data", "eth_sendRawTransaction", "0x" + "ab" * 200)

    def test_cut_off(self):
        self.refused(INVALID_PARAMS, "Invalid transaction data", "eth_sendRawTransaction", self.signed()[:-40])

    def test_empty(self):
        self.refused(INVALID_PARAMS, "Invalid transaction data", "eth_sendRawTransaction", "0x")

    def test_somebody_elses_name(self):
        other = Wallet(self.network).address
        self.refused(INVALID_PARAMS, "signer", "eth_sendRawTransaction", self.signed(sender=other))

    def test_nonce_from_the_past(self):
        self.refused(INVALID_PARAMS, "nonce", "eth_sendRawTransaction", self.signed(nonce=0))

    def test_nonce_from_the_future(self):
        nonce = self.wallet.nonce() + 1
        self.refused(INVALID_PARAMS, "nonce", "eth_sendRawTransaction", self.signed(nonce=nonce))

    def test_more_value_than_there_is(self):
        self.refused(INVALID_PARAMS, "the account has 1000 wei", "eth_sendRawTransaction", self.signed(value=10**30))


class Replay(unittest.TestCase):
    """The same bytes again."""

    def test_counts_once(self):
        network = stage.public()
        wallet = Wallet(network)
        contract = wallet.install(PROBE)
        bytes_of = raw.signed(wallet.account, contract, "free", nonce=1)
        first = network.rpc.call("eth_sendRawTransaction", bytes_of)
        again = [network.rpc.call("eth_sendRawTransaction", bytes_of) for _ in range(5)]
        self.assertEqual(set(again), {first})
        self.assertTrue(succeeded(wallet.settle(first)))
        self.assertEqual(network.rpc.call("eth_sendRawTransaction", bytes_of), first)
        self.assertEqual(wallet.read(contract, "counted"), 2)
        self.assertEqual(wallet.nonce(), 2)


class Frames(BadInput):
    """Bodies that are no requests."""

    def check(self, body, status, code, words):
        got, answer = self.rpc.post(body)
        self.assertEqual((got, answer["error"]["code"]), (status, code), answer)
        self.assertIn(words, json.dumps(answer["error"]))
        self.assertIsNone(answer["id"])

    def test_bad_json(self):
        self.check(b'{"method": "eth_chainId", ', 400, -32700, "Parse error")

    def test_not_utf8(self):
        self.check(b"\xff\xfe\x00", 400, -32700, "Parse error")

    def test_no_request(self):
        self.check(b'{"id": 1}', 400, -32600, "method")

    def test_empty_batch(self):
        self.check(b"[]", 400, -32600, "Invalid Request")

    def test_batch_too_large(self):
        one = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        self.check(json.dumps([one] * 101), 400, -32600, "maximum size of 100")

    def test_batch_of_100(self):
        batch = [{"id": number, "method": "eth_chainId"} for number in range(100)]
        answers = self.rpc.post(json.dumps(batch))[1]
        self.assertEqual([answer["id"] for answer in answers], list(range(100)))

    def test_oversized_body(self):
        self.check(b'{"method": "' + b"x" * (9 << 20) + b'"}', 413, -32600, "larger than")

    def test_unknown_method(self):
        self.refused(-32601, "did you mean eth_chainId?", "eth_chainID")

    def test_wrong_parameters(self):
        self.refused(INVALID_PARAMS, "address", "eth_getBalance", "0x1234")
        self.refused(INVALID_PARAMS, "Invalid type 'wrote'", "gen_call", {"type": "wrote", "data": "0x"})
        self.refused(INVALID_PARAMS, "Missing required parameter", "eth_getBalance")

    def test_unknown_contract(self):
        nowhere = "0x" + "77" * 20
        call = {"type": "read", "to": nowhere, "from": nowhere, "data": raw.call_data("get")}
        self.refused(-32001, "not found", "gen_call", call)


class Calls(BadInput):
    """Calls that a contract cannot take: accepted as failures, nothing changes."""

    def failed(self, words, method, *args, value=0):
        tx = self.wallet.send(self.probe, method, *args, value=value)
        record = self.wallet.finalise(tx) if value else self.wallet.settle(tx)
        self.assertIn(record["status_name"], ("ACCEPTED", "FINALIZED"), explain(record))
        self.assertEqual(leader(record)["execution_result"], "ERROR")
        self.assertIn(words, explain(record))
        self.assertEqual(self.wallet.read(self.probe, "counted"), 1)
        self.assertEqual(self.wallet.balance(self.probe), 0)

    def check_untouched(self, before):
        """The nonce counts calls that fail, too; all else stays."""
        balance, _, value = self.state()
        self.assertTrue(self.network.is_alive)
        self.assertEqual((balance, value), (before[0], before[2]))

    def test_private_method(self):
        self.failed("private", "hidden")

    def test_unknown_method(self):
        self.failed("nothing_like_it", "nothing_like_it")

    def test_too_many_arguments(self):
        self.failed("argument", "free", 1)

    def test_wrong_type(self):
        record = self.wallet.write(self.contract, "set", 17)
        self.assertFalse(succeeded(record))
        self.assertIn("Error: ", explain(record))

    def test_value_to_a_free_method(self):
        self.failed("non-payable", "free", value=10)

    def test_exception(self):
        self.failed("KeyError", "crash")

    def test_unencodable_result(self):
        self.failed("not calldata encodable", "unencodable")

    def test_memory_bomb(self):
        self.failed("MemoryError", "hoard")

    def test_page_not_found(self):
        self.failed("WEBPAGE_LOAD_FAILED", "render", stage.site().url + "/nowhere")

    def test_private_address(self):
        for url in ("http://10.1.2.3/", "http://169.254.169.254/latest/meta-data/"):
            self.failed("ADDRESS_FORBIDDEN", "get", url)

    def test_redirect_to_private_address(self):
        self.failed("ADDRESS_FORBIDDEN", "get", stage.site().url + "/to-private")

    def test_own_rpc(self):
        self.failed("PORT_FORBIDDEN", "get", self.network.url)

    def test_other_schemes(self):
        self.failed("SCHEMA_FORBIDDEN", "get", "file:///etc/passwd")
        self.failed("MALFORMED_URL", "get", "not a page")


class Endless(BadInput):
    """Calls that would take for ever end at a limit. Side by side, run by their leaders only."""

    def test_they_end(self):
        cases = {"forever": ((), "timeout"), "get": ((stage.site().url + "/slow",), "TIMEOUT")}
        sent = {method: self.send(method, *args) for method, (args, _) in cases.items()}
        for method, (wallet, probe, tx) in sent.items():
            record = wallet.settle(tx)
            self.assertEqual(leader(record)["execution_result"], "ERROR")
            self.assertIn(cases[method][1], explain(record))
            self.assertEqual(wallet.read(probe, "counted"), 1)

    def send(self, method, *args):
        """An account, a contract of its own, and the call."""
        wallet = Wallet(self.network)
        probe = wallet.install(PROBE)
        return wallet, probe, wallet.send(probe, method, *args, leader_only=True)


class Code(BadInput):
    """Code that is no contract."""

    def failed(self, words, code, *args):
        record = self.wallet.deploy(code, *args)
        self.assertEqual(record["status_name"], "ACCEPTED", explain(record))
        self.assertFalse(succeeded(record))
        self.assertIn(words, explain(record))
        call = {"type": "read", "to": record["data"]["contract_address"], "data": raw.call_data("get")}
        self.refused(-32001, "not found", "gen_call", call)

    check_untouched = Calls.check_untouched

    def test_syntax_error(self):
        self.failed("SyntaxError", source("storage") + "\nclass (:\n")

    def test_no_header(self):
        self.failed("absent_runner_comment", source("storage").split("\n", 1)[1])

    def test_unknown_runner(self):
        self.failed("invalid_contract", source("storage").replace("py-genlayer:test", "no-such-runner:test"))

    def test_two_contracts(self):
        self.failed("only one contract", source("storage") + "\n\nclass Another(gl.Contract):\n    pass\n")

    def test_no_contract(self):
        self.failed("no contract", '# { "Depends": "py-genlayer:test" }\n\nx = 1\n')

    def test_missing_argument(self):
        self.failed("initial", source("storage"))

    def test_schema_of_nonsense(self):
        self.refused(-32000, "absent_runner_comment", "gen_getContractSchemaForCode", "0x" + b"print(1)".hex())


class Crowd(BadInput):
    """10,000 requests at once."""

    def test_everybody_is_answered(self):
        calls = [
            {"method": "eth_chainId", "params": []},
            {"method": "eth_getBalance", "params": [self.wallet.address, "latest"]},
            {"method": "eth_getTransactionCount", "params": [self.wallet.address, "latest"]},
            {"method": "eth_sendRawTransaction", "params": ["0x00"]},
            {"method": "eth_blockNumber", "params": []},
        ]
        requests = [{"jsonrpc": "2.0", "id": n, **calls[n % len(calls)]} for n in range(10_000)]
        answers = crowd(self.rpc, requests)
        self.assertEqual({answer["id"] for answer in answers}, set(range(10_000)))
        codes = {answer["error"]["code"] for answer in answers if "error" in answer}
        self.assertEqual(codes, {INVALID_PARAMS})

    def test_reads_beyond_what_the_machine_can_do(self):
        call = {
            "type": "read",
            "to": self.contract,
            "from": self.wallet.address,
            "data": raw.call_data("get"),
        }
        requests = [{"jsonrpc": "2.0", "id": n, "method": "gen_call", "params": [call]} for n in range(400)]
        answers = crowd(self.rpc, requests)
        self.assertEqual({answer["id"] for answer in answers}, set(range(400)))
        good = [answer for answer in answers if "result" in answer]
        self.assertGreater(len(good), 0)
        self.assertEqual({answer["result"] for answer in good}, {"246b657074"})
        codes = {answer["error"]["code"] for answer in answers if "error" in answer}
        self.assertLessEqual(codes, {-32006})
