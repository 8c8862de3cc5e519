"""Jurors who disagree, find nothing equivalent, or are out of order; what the receipts say of them."""

import unittest
from pathlib import Path

from harness import stage
from harness.models import contrary, down, pedantic, rambling
from harness.wallet import Wallet, address_arg, ballots, explain, leader, rounds, source, succeeded

JURORS = stage.JURORS
NOBLE = "Let me help the village."
PROBE = Path(__file__).with_name("probe.contract.py")


class VerdictCase(unittest.TestCase):
    """Five validators, each with a model of its own, who judge everything."""

    @classmethod
    def setUpClass(cls):
        cls.network = stage.five()
        cls.wallet = Wallet(cls.network)
        cls.wallet.fund(1000)

    def setUp(self):
        stage.models().rest()
        self.addCleanup(stage.models().rest)

    def check_minority(self, record, vote, *minority):
        """Accepted although this minority voted so; whoever did not agree says why.

        Chance may let one of the minority lead first. Then nobody follows, it leaves the
        committee, and the next leader is judged. The reasons of the minority, by model.
        """
        self.assertTrue(succeeded(record), explain(record))
        votes = record["consensus_data"]["votes"]
        by_model = {self.network.models[address]: vote for address, vote in votes.items()}
        self.assertEqual(by_model, {model: ballot[0] for model, ballot in ballots(record).items()})
        *earlier, (leads, last) = rounds(record)
        self.assertNotIn(leads, minority)
        failed = {model for model, _ in earlier}
        self.assertLessEqual(failed, set(minority))
        self.assertEqual(set(last), set(JURORS) - failed)
        for juror, (voted, reason) in last.items():
            self.assertEqual(voted, vote if juror in minority else "agree", last)
            self.assertEqual(bool(reason), juror in minority, last)
        reasons = {juror: cast[juror][1] for _, cast in rounds(record) for juror in minority if juror in cast}
        self.assertEqual(set(reasons), set(minority))
        return reasons


class Dissent(VerdictCase):
    """One juror of five believes the opposite."""

    def setUp(self):
        super().setUp()
        stage.models().play(contrary, "juror-5")

    def test_under_prompt_comparative(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        record = self.wallet.write(contract, "ask_for_coin", NOBLE)
        self.check_minority(record, "disagree", "juror-5")
        juror = leader(record)["node_config"]["primary_model"]["model"]
        self.assertIn(f"{juror} finds the wish noble", str(leader(record)["eq_outputs"]["0"]))
        self.assertEqual(self.wallet.read(contract, "state")["holder"], self.wallet.address)
        self.assertGreaterEqual(min(stage.models().asked[juror] for juror in JURORS), 1)

    def test_under_strict_eq_with_a_page(self):
        page = stage.site().url + "/match"
        contract = self.wallet.install(source("football_market"), "Northport United", "Southbay City", page)
        record = self.wallet.write(contract, "settle")
        self.check_minority(record, "disagree", "juror-5")
        self.assertIn("2:1", str(leader(record)["eq_outputs"]["0"]))
        self.assertEqual(self.wallet.read(contract, "result")["score"], "2:1")

    def test_under_a_function_of_the_contract(self):
        contract = self.wallet.install(source("llm_erc20"), 100, "Honest trade only.")
        friend = address_arg(Wallet(self.network).address)
        record = self.wallet.write(contract, "transfer", friend, 40, "rent of a barn")
        self.check_minority(record, "disagree", "juror-5")
        self.assertEqual(self.wallet.read(contract, "balance_of", friend), 40)

    def test_what_needs_no_judgement_is_unanimous(self):
        contract = self.wallet.install(source("storage"), "one")
        record = self.wallet.write(contract, "set", "two")
        self.check_minority(record, "disagree")
        self.assertEqual(sum(stage.models().asked.values()), 0)


class Undetermined(VerdictCase):
    """No leader convinces a majority."""

    def test_leaders_rotate_then_nothing_happens(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        before = self.wallet.read(contract, "state")
        stage.models().play(pedantic, *JURORS)
        record = self.wallet.write(contract, "ask_for_coin", NOBLE, rotations=2)
        self.assertEqual(record["status_name"], "UNDETERMINED")
        self.assertEqual(len({leads for leads, _ in rounds(record)}), 3)
        for leads, cast in rounds(record):
            self.assertEqual(cast.pop(leads)[0], "agree")
            self.assertEqual({vote for vote, _ in cast.values()}, {"disagree"})
            self.assertTrue(all(reason for _, reason in cast.values()), cast)
        self.assertEqual(self.wallet.read(contract, "state"), before)

    def test_the_contract_goes_on(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        stage.models().play(pedantic, *JURORS)
        self.wallet.write(contract, "ask_for_coin", NOBLE, rotations=0)
        stage.models().rest()
        record = self.wallet.write(contract, "ask_for_coin", NOBLE)
        self.assertTrue(succeeded(record), explain(record))

    def test_value_returns(self):
        contract = self.wallet.install(PROBE.read_text())
        stage.models().play(pedantic, *JURORS)
        before = self.wallet.balance()
        tx = self.wallet.send(contract, "judge", value=100, rotations=0)
        self.assertEqual(self.wallet.settle(tx)["status_name"], "UNDETERMINED")
        self.wallet.finalise(tx)
        self.assertEqual((self.wallet.balance(), self.wallet.balance(contract)), (before, 0))
        stage.models().rest()
        self.assertTrue(succeeded(self.wallet.write(contract, "judge", value=100)))
        self.assertEqual(self.wallet.balance(contract), 100)


class OutOfOrder(VerdictCase):
    """Models that do not answer, or not to the point."""

    def test_a_minority_times_out(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        stage.models().play(down, "juror-2", "juror-3")
        record = self.wallet.write(contract, "ask_for_coin", NOBLE)
        reasons = self.check_minority(record, "timeout", "juror-2", "juror-3")
        self.assertIn("NO_PROVIDER_FOR_PROMPT", reasons["juror-2"])

    def test_nonsense_is_no_answer(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        stage.models().play(rambling, "juror-4")
        record = self.wallet.write(contract, "ask_for_coin", NOBLE)
        reasons = self.check_minority(record, "timeout", "juror-4")
        self.assertIn("MODEL_ANSWER_NOT_JSON", reasons["juror-4"])

    def test_all_down(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        before = self.wallet.read(contract, "state")
        stage.models().play(down, *JURORS)
        record = self.wallet.write(contract, "ask_for_coin", NOBLE, rotations=1)
        self.assertEqual(record["status_name"], "LEADER_TIMEOUT")
        self.assertIn("NO_PROVIDER_FOR_PROMPT", explain(record))
        self.assertEqual(self.wallet.read(contract, "state"), before)
        stage.models().rest()
        self.assertTrue(succeeded(self.wallet.write(contract, "ask_for_coin", NOBLE)))
