"""Appeals through the published genlayer-py: confirmed, overturned, for want of a verdict, refused."""

import unittest

from harness import stage
from harness.models import contrary, pedantic
from harness.wallet import Wallet, explain, leader, source, succeeded

NOBLE = "Let me help the village."


def journey(record):
    """How each round of a transaction ended."""
    return [one["consensus_round"] for one in record["consensus_history"]["consensus_results"]]


class Appeals(unittest.TestCase):
    """25 validators: five judge first, seven the appeal."""

    @classmethod
    def setUpClass(cls):
        cls.network = stage.public()
        cls.wallet = Wallet(cls.network)
        cls.critic = Wallet(cls.network)

    def setUp(self):
        stage.models().rest()
        self.addCleanup(stage.models().rest)

    def appeal(self, record):
        """Files an appeal without a bond, as the client does by itself; the record when it is final."""
        self.assertEqual(self.critic.client.appeal_transaction(record["hash"]), record["hash"])
        return self.critic.finalise(record["hash"])

    def test_a_confirmed_decision_stands(self):
        contract = self.wallet.install(source("storage"), "one")
        record = self.appeal(self.wallet.write(contract, "set", "two"))
        self.assertTrue(succeeded(record), explain(record))
        self.assertEqual(journey(record), ["Accepted", "Validator Appeal Failed"])
        self.assertEqual(len(record["consensus_data"]["votes"]), 5 + 7)
        self.assertEqual(set(record["consensus_data"]["votes"].values()), {"agree"})
        self.assertEqual(record["appeal_failed"], 1)
        self.assertEqual(self.wallet.read(contract, "get", final=True), "two")

    def test_an_overturned_decision_is_judged_anew_with_what_followed(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        self.wallet.finalise(self.wallet.write(contract, "ask_for_coin", "Give it to me.")["hash"])
        first = self.wallet.write(contract, "ask_for_coin", NOBLE)
        self.assertEqual(self.wallet.read(contract, "state")["holder"], self.wallet.address)
        # From now on everybody believes the opposite.
        stage.models().play(contrary, *stage.JURORS)
        record = self.appeal(first)
        self.assertEqual(journey(record)[:3], ["Accepted", "Validator Appeal Successful", "Accepted"])
        self.assertEqual(len(record["consensus_data"]["votes"]), 11)
        self.assertEqual(leader(record)["execution_result"], "SUCCESS")
        self.assertNotEqual(self.wallet.read(contract, "state", final=True)["holder"], self.wallet.address)

    def test_no_verdict_can_become_one(self):
        contract = self.wallet.install(source("wizard_of_coin"))
        stage.models().play(pedantic, *stage.JURORS)
        record = self.wallet.write(contract, "ask_for_coin", NOBLE, rotations=0)
        self.assertEqual(record["status_name"], "UNDETERMINED")
        stage.models().rest()
        record = self.appeal(record)
        self.assertTrue(succeeded(record), explain(record))
        self.assertEqual(journey(record), ["Undetermined", "Leader Appeal Successful"])
        self.assertEqual(len(record["consensus_data"]["votes"]), 11)

    def test_too_late_is_said(self):
        contract = self.wallet.install(source("storage"), "one")
        record = self.wallet.finalise(self.wallet.write(contract, "set", "two")["hash"])
        with self.assertRaises(Exception) as refused:
            self.critic.client.appeal_transaction(record["hash"])
        self.assertIn("can no longer be appealed against", str(refused.exception))
