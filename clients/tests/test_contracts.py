"""Every contract of `contracts/`, deployed and used through genlayer-py."""

import unittest

from harness import stage
from harness.wallet import Wallet, address_arg, explain, leader, source, succeeded

NOWHERE = "0x" + "00" * 20


class ContractCase(unittest.TestCase):
    """Two accounts on the public network."""

    @classmethod
    def setUpClass(cls):
        stage.models().rest()
        cls.network = stage.public()
        cls.alice, cls.bob = Wallet(cls.network), Wallet(cls.network)
        for wallet in (cls.alice, cls.bob):
            wallet.fund(1000)

    def done(self, record):
        """The record, which must be of a success."""
        self.assertTrue(succeeded(record), explain(record))
        return record

    def refused(self, record, words):
        """It was judged, and the contract said no with these words."""
        self.assertEqual(record["status_name"], "ACCEPTED")
        self.assertEqual(leader(record)["execution_result"], "ERROR")
        self.assertIn(words, str(leader(record)["result"]))

    def children(self, record):
        """The settled messages that a transaction caused."""
        return [self.alice.settle(tx) for tx in record["triggered_transactions"]]


class UserStorage(ContractCase):
    """A map by sender."""

    def test_notes_are_apart(self):
        contract = self.alice.install(source("user_storage"))
        self.done(self.alice.write(contract, "write", "from alice"))
        self.done(self.bob.write(contract, "write", "from bob"))
        self.assertEqual(self.alice.read(contract, "note_of", address_arg(self.bob.address)), "from bob")
        everything = {self.alice.address: "from alice", self.bob.address: "from bob"}
        self.assertEqual(self.alice.read(contract, "everything"), everything)
        self.done(self.bob.write(contract, "erase"))
        self.assertEqual(self.alice.read(contract, "everything"), {self.alice.address: "from alice"})
        self.refused(self.bob.write(contract, "erase"), "there is no note to erase")


class WizardOfCoin(ContractCase):
    """A prompt under `prompt_comparative`."""

    def test_only_the_noble_get_the_coin(self):
        contract = self.alice.install(source("wizard_of_coin"))
        self.done(self.alice.write(contract, "ask_for_coin", "I want to be rich."))
        state = self.alice.read(contract, "state")
        self.assertTrue(state["with_wizard"])
        self.assertRegex(state["last_words"], r"^juror-\d finds the wish greedy$")
        self.done(self.bob.write(contract, "ask_for_coin", "Let me help the village."))
        self.assertEqual(self.alice.read(contract, "state")["holder"], self.bob.address)
        self.refused(self.alice.write(contract, "ask_for_coin", "Let me help too."), "the coin is gone already")


class JudgedToken(ContractCase):
    """A validator function under `run_nondet_unsafe`."""

    def test_judged_transfers(self):
        contract = self.alice.install(source("llm_erc20"), 10**30, "Honest trade only.")
        bob = address_arg(self.bob.address)
        self.done(self.alice.write(contract, "transfer", bob, 10**29, "rent of a barn"))
        self.refused(self.alice.write(contract, "transfer", bob, 1, "a bribe"), "against the policy")
        self.refused(self.bob.write(contract, "transfer", bob, 10**30, "rent"), "is less than")
        self.assertEqual(self.alice.read(contract, "balance_of", bob), 10**29)
        self.assertEqual(self.alice.read(contract, "balance_of", address_arg(self.alice.address)), 9 * 10**29)
        self.assertEqual(self.alice.read(contract, "total_supply"), 10**30)


class FootballMarket(ContractCase):
    """A page and a prompt under `strict_eq`, and payouts."""

    def market(self, page):
        url = stage.site().url + page
        return self.alice.install(source("football_market"), "Northport United", "Southbay City", url)

    def test_winners_are_paid(self):
        market = self.market("/match")
        self.done(self.alice.write(market, "bet", "Northport United", value=300))
        self.done(self.bob.write(market, "bet", "draw", value=100))
        self.refused(self.bob.write(market, "bet", "draw"), "a bet needs a stake")
        before = self.alice.balance()
        tx = self.alice.send(market, "settle")
        self.done(self.alice.settle(tx))
        result = {"score": "2:1", "winner": "Northport United"}
        self.assertEqual(self.alice.read(market, "result"), result)
        self.assertGreaterEqual(stage.site().visits["/match"], 5)
        for child in self.children(self.alice.finalise(tx)):
            self.alice.finalise(child["hash"])
        self.assertEqual(self.alice.balance() - before, 400)
        self.assertEqual(self.alice.balance(market), 0)

    def test_no_score_yet(self):
        market = self.market("/tomorrow")
        self.refused(self.alice.write(market, "settle"), "the page has no final score yet")
        self.assertEqual(self.alice.read(market, "result"), {"score": "", "winner": ""})

    def test_refused_stake_returns(self):
        market = self.market("/match")
        before = self.alice.balance()
        tx = self.alice.send(market, "bet", "Nobody", value=50)
        self.refused(self.alice.settle(tx), "pick Northport United")
        self.alice.finalise(tx)
        self.assertEqual((self.alice.balance(), self.alice.balance(market)), (before, 0))


class ViewChain(ContractCase):
    """Views of other contracts, five deep."""

    def test_five_links(self):
        behind = NOWHERE
        for weight in (16, 8, 4, 2, 1):
            behind = self.alice.install(source("view_chain"), weight, address_arg(behind))
        self.assertEqual(self.alice.read(behind, "length"), 5)
        self.assertEqual(self.alice.read(behind, "total"), 31)
        self.done(self.alice.write(behind, "reweigh"))
        self.assertEqual(self.alice.read(behind, "total"), 60)


class Messages(ContractCase):
    """Messages, transfers, a deployment by a contract."""

    def setUp(self):
        self.one = self.alice.install(source("messages"))
        self.two = self.alice.install(source("messages"))

    def test_message_on_acceptance(self):
        record = self.done(self.alice.write(self.one, "write_now", address_arg(self.two), "hello"))
        [child] = self.children(self.alice.client.get_transaction(transaction_hash=record["hash"]))
        self.done(child)
        self.assertEqual(child["triggered_by"], record["hash"])
        self.assertEqual(self.alice.read(self.two, "inbox"), [f"hello (from {self.one}, with 0)"])

    def test_message_with_value_on_finality(self):
        tx = self.alice.send(self.one, "write_when_final", address_arg(self.two), "rent", value=70)
        self.done(self.alice.settle(tx))
        self.assertEqual(self.alice.read(self.two, "inbox"), [])
        [child] = self.children(self.alice.finalise(tx))
        self.done(child)
        self.assertEqual(self.alice.read(self.two, "inbox"), [f"rent (from {self.one}, with 70)"])
        self.assertEqual(self.alice.read(self.two, "funds"), 70)
        self.assertEqual(self.alice.balance(self.one), 0)

    def test_payment_to_an_account(self):
        self.done(self.alice.write(self.one, "deliver", "with love", value=90))
        before = self.bob.balance()
        tx = self.alice.send(self.one, "pay", address_arg(self.bob.address), 60)
        for child in self.children(self.alice.finalise(tx)):
            self.alice.finalise(child["hash"])
        self.assertEqual(self.bob.balance() - before, 60)
        self.assertEqual(self.alice.balance(self.one), 30)
        self.refused(self.alice.write(self.one, "pay", address_arg(self.bob.address), 31), "30 is less than 31")

    def test_contract_deploys_a_contract(self):
        record = self.done(self.alice.write(self.one, "spawn", source("storage"), "born here"))
        [child] = self.children(self.alice.client.get_transaction(transaction_hash=record["hash"]))
        self.done(child)
        address = self.alice.read(self.one, "child_address").as_hex
        self.assertEqual(child["data"]["contract_address"].lower(), address.lower())
        self.assertEqual(self.alice.read(address, "get"), "born here")
