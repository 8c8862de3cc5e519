"""A day in the life of genlayer-py."""

import unittest

from harness import stage
from harness.wallet import Wallet, explain, leader, source, succeeded


class GenlayerPy(unittest.TestCase):
    """One account and one storage contract."""

    @classmethod
    def setUpClass(cls):
        cls.network = stage.public()
        cls.wallet = Wallet(cls.network)
        cls.wallet.fund(10**18)
        cls.contract = cls.wallet.install(source("storage"), "one")

    def value(self, **options):
        return self.wallet.read(self.contract, "get", **options)

    def test_chain_id(self):
        self.assertEqual(self.wallet.client.chain_id, self.network.config["chain_id"])

    def test_blocks_grow(self):
        before = self.wallet.client.block_number
        self.wallet.write(self.contract, "set", "a block more")
        self.assertGreater(self.wallet.client.block_number, before)

    def test_funding_raises_the_balance(self):
        other = Wallet(self.network)
        self.assertEqual(other.balance(), 0)
        other.fund(123_456_789_012_345_678_901)
        self.assertEqual(other.balance(), 123_456_789_012_345_678_901)

    def test_every_transaction_counts(self):
        other = Wallet(self.network)
        self.assertEqual(other.nonce(), 0)
        contract = other.install(source("storage"), "x")
        self.assertEqual(other.nonce(), 1)
        other.send(contract, "set", "y")
        self.assertEqual(other.nonce(), 2)

    def test_schema_of_code(self):
        schema = self.wallet.client.get_contract_schema_for_code(source("storage"))
        self.assertEqual(schema["ctor"]["params"], [["initial", "string"]])
        self.assertEqual(set(schema["methods"]), {"get", "set"})
        self.assertTrue(schema["methods"]["get"]["readonly"])
        self.assertEqual(schema["methods"]["set"]["ret"], "null")

    def test_schema_of_contract(self):
        of_code = self.wallet.client.get_contract_schema_for_code(source("storage"))
        self.assertEqual(self.wallet.client.get_contract_schema(self.contract), of_code)

    def test_write_then_read(self):
        record = self.wallet.write(self.contract, "set", "zwei, \u4e8c, \u0434\u0432\u0430")
        self.assertTrue(succeeded(record), explain(record))
        self.assertEqual(self.value(), "zwei, \u4e8c, \u0434\u0432\u0430")

    def test_print_is_in_the_receipt(self):
        record = self.wallet.write(self.contract, "set", "four")
        self.assertEqual(leader(record)["genvm_result"]["stdout"], "stored 4 characters\n")

    def test_refusal_is_accepted_with_its_words(self):
        before = self.value()
        record = self.wallet.write(self.contract, "set", "")
        self.assertEqual(record["status_name"], "ACCEPTED")
        self.assertEqual(leader(record)["execution_result"], "ERROR")
        self.assertIn("an empty text is not worth a transaction", str(leader(record)["result"]))
        self.assertEqual(self.value(), before)

    def test_simulation_changes_nothing(self):
        before = self.value()
        receipt = self.wallet.client.simulate_write_contract(
            address=self.contract, function_name="set", args=["only a thought"]
        )
        self.assertEqual(receipt["execution_result"], "SUCCESS")
        self.assertEqual(self.value(), before)

    def test_final_view_waits_for_finality(self):
        contract = self.wallet.install(source("storage"), "early")
        tx = self.wallet.send(contract, "set", "late")
        self.wallet.settle(tx)
        self.assertEqual(self.wallet.read(contract, "get"), "late")
        self.wallet.finalise(tx)
        self.assertEqual(self.wallet.read(contract, "get", final=True), "late")

    def test_trace(self):
        tx = self.wallet.send(self.contract, "set", "traced")
        self.wallet.settle(tx)
        trace = self.wallet.client.debug_trace_transaction(transaction_hash=tx)
        self.assertEqual(trace["result_code"], 0)
        self.assertIn("stored 6 characters", trace["stdout"])

    def test_nothing_triggered(self):
        tx = self.wallet.send(self.contract, "set", "alone")
        self.wallet.settle(tx)
        self.assertEqual(self.wallet.client.get_triggered_transaction_ids(transaction_hash=tx), [])

    def test_history_of_an_account(self):
        other = Wallet(self.network)
        contract = other.install(source("storage"), "x")
        other.write(contract, "set", "y")
        sent = self.network.rpc.call("sim_getTransactionsForAddress", other.address, "from")
        self.assertEqual(len(sent), 2)
