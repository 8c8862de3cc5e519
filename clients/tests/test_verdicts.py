"""Jurors who disagree, find nothing equivalent, or are out of order; what the receipts say of them."""

import unittest
from pathlib import Path

from harness import stage
from harness.models import contrary, down, pedantic, rambling
from harness.wallet import Wallet, address_arg, ballots, explain, leader, source, succeeded

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

    def check_minority(self, record, vote, *jurors):
        """These jurors, and only these, voted so; every one of them says why."""
        self.assertTrue(succeeded(record), explain(record))
        cast = ballots(record)
        self.assertEqual(set(cast), set(JURORS))
        for juror in JURORS:
            expected = vote if juror in jurors else "agree"
            self.assertEqual(cast[juror][0], expected, cast)
            self.assertEqual(bool(cast[juror][1]), juror in jurors, cast)
        votes = record["consensus_data"]["votes"]
        by_model = {self.network.models[who.lower()]["model"]: vote for who, vote in votes.items()}
        self.assertEqual(by_model, {juror: ballot[0] for juror, ballot in cast.items()})
        self.assertNotIn(leader(record)["node_config"]["primary_model"]["model"], jurors)
        return cast


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
        votes = sorted(vote for vote, _ in ballots(record).values())
        self.assertEqual(votes, ["agree"] + ["disagree"] * 4)
        rounds = record["consensus_history"]["consensus_results"]
        leaders = [entry["leader_result"][0]["node_config"]["address"] for entry in rounds]
        self.assertEqual(len(set(leaders)), 3)
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
        record = self.wallet.write(contract, "judge", value=100, rotations=0)
        self.assertEqual(record["status_name"], "UNDETERMINED")
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
        cast = self.check_minority(record, "timeout", "juror-2", "juror-3")
        self.assertIn("NO_PROVIDER_FOR_PROMPT", cast["juror-2"][1])

    def test_nonsense_is_no_answer(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        stage.models().play(rambling, "juror-4")
        record = self.wallet.write(contract, "ask_for_coin", NOBLE)
        cast = self.check_minority(record, "timeout", "juror-4")
        self.assertIn("MODEL_ANSWER_NOT_JSON", cast["juror-4"][1])

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
