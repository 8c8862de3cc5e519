"""Cancelling with accounts of the published genlayer-py, while transactions wait to be mined."""

import unittest

from harness import stage
from harness.wallet import Wallet, source, succeeded


class Cancelling(unittest.TestCase):
    """Transactions are held back; each test turns mining on again."""

    @classmethod
    def setUpClass(cls):
        cls.network = stage.public()
        cls.wallet = Wallet(cls.network)
        cls.other = Wallet(cls.network)
        cls.wallet.fund(10_000)
        cls.contract = cls.wallet.install(source("storage"), "one")

    def setUp(self):
        self.addCleanup(self.network.rpc.call, "evm_setAutomine", True)
        self.network.rpc.call("evm_setAutomine", False)

    def status(self, tx):
        return self.network.rpc.call("gen_getTransactionStatus", tx)["status"]

    def refused(self, wallet, tx):
        with self.assertRaises(Exception) as refused:
            wallet.cancel(tx)
        return str(refused.exception)

    def test_a_pending_transaction_is_canceled_and_its_money_returns(self):
        market = self.install("football_market", "North", "South", "http://127.0.0.1/")
        before = self.wallet.balance()
        tx = self.wallet.send(market, "bet", "North", value=700)
        self.assertEqual(self.status(tx), "PENDING")
        self.assertEqual(self.wallet.balance(), before - 700)
        answer = self.wallet.cancel(tx)
        self.assertEqual(answer["status"], "CANCELED")
        self.assertEqual(self.status(tx), "CANCELED")
        self.assertEqual(self.wallet.balance(), before)
        self.network.rpc.call("evm_mine")
        self.assertEqual(self.status(tx), "CANCELED")
        self.assertEqual(int(self.wallet.read(market, "pot")), 0)

    def install(self, name, *args):
        self.network.rpc.call("evm_setAutomine", True)
        contract = self.wallet.install(source(name), *args)
        self.network.rpc.call("evm_setAutomine", False)
        return contract

    def test_what_is_behind_it_moves_up(self):
        first = self.wallet.send(self.contract, "set", "first")
        second = self.wallet.send(self.contract, "set", "second")
        self.wallet.cancel(first)
        self.assertEqual(self.status(second), "PENDING")
        self.network.rpc.call("evm_mine")
        self.assertTrue(succeeded(self.wallet.settle(second)))
        self.assertEqual(self.wallet.read(self.contract, "get"), "second")

    def test_only_its_sender_cancels_and_only_once(self):
        tx = self.wallet.send(self.contract, "set", "mine")
        self.assertIn("sender", self.refused(self.other, tx))
        self.wallet.cancel(tx)
        self.assertIn("CANCELED", self.refused(self.wallet, tx))

    def test_too_late_is_said(self):
        tx = self.wallet.send(self.contract, "set", "late")
        self.network.rpc.call("evm_mine")
        self.wallet.settle(tx)
        self.assertIn("ACCEPTED", self.refused(self.wallet, tx))

    def test_an_unknown_transaction_is_not_found(self):
        self.assertIn("not found", self.refused(self.wallet, "0x" + "00" * 32))
