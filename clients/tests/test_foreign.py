"""Contracts from published packages do what `foreign.toml` expects; the table is `build/foreign.md`."""

import unittest

from harness import foreign, stage
from harness.wallet import Wallet, ballots, explain, leader, succeeded

_FUNDS = 10_000


class Broken(Exception):
    """A contract does not do what its plan says."""


class Play:
    """One contract and the accounts that use it."""

    def __init__(self, plan, wallets):
        self.plan = plan
        self.wallets = wallets
        self.owner = wallets["owner"]
        self.contract = None
        self.words = {name: wallet.address for name, wallet in wallets.items()}
        self.words["site"] = stage.site().url

    def fill(self, args):
        """Arguments with the placeholders filled in."""
        return [arg.format(**self.words) if isinstance(arg, str) else arg for arg in args]

    def run(self):
        """Schema, deployment, steps."""
        code = foreign.text(self.plan["package"], self.plan["file"])
        schema = self.owner.client.get_contract_schema_for_code(code)
        if len(schema["methods"]) != self.plan["methods"]:
            raise Broken(f"schema: {len(schema['methods'])} methods: {', '.join(schema['methods'])}")
        record = self.owner.deploy(code, *self.fill(self.plan["args"]))
        self._must("deploy", record)
        self.contract = record["data"]["contract_address"]
        for step in self.plan["steps"]:
            self._read(step) if "read" in step else self._write(step)

    def _must(self, what, record):
        if not succeeded(record):
            raise Broken(f"{what}: {explain(record)} {ballots(record)}")

    def _read(self, step):
        got = self.owner.read(self.contract, step["read"], *self.fill(step.get("args", [])))
        if "returns" in step and got != step["returns"]:
            raise Broken(f"{step['read']}: returned {got!r}, not {step['returns']!r}")
        if step.get("contains", "") not in str(got):
            raise Broken(f"{step['read']}: {step['contains']!r} is not in {got!r}")

    def _write(self, step):
        method, pays = step["write"], step.get("pays")
        wallet = self.wallets[step.get("as", "owner")]
        before = self.wallets[pays["to"]].balance() if pays else 0
        args = self.fill(step.get("args", []))
        tx = wallet.send(self.contract, method, *args, value=step.get("value", 0))
        record = wallet.settle(tx)
        if "refuses" in step:
            if succeeded(record) or step["refuses"] not in explain(record):
                raise Broken(f"{method}: should refuse with {step['refuses']!r}: {explain(record)}")
            return
        self._must(method, record)
        if step.get("result", "") not in str(leader(record)["result"]):
            raise Broken(f"{method}: {step['result']!r} is not in {leader(record)['result']}")
        if pays:
            for child in wallet.finalise(tx)["triggered_transactions"]:
                wallet.finalise(child)
            gained = self.wallets[pays["to"]].balance() - before
            if gained != pays["amount"]:
                raise Broken(f"{method}: {pays['to']} got {gained}, not {pays['amount']}")


class Foreign(unittest.TestCase):
    """Each contract is a subtest."""

    def test_published_contracts(self):
        stage.models().rest()
        wallets = {name: Wallet(stage.public()) for name in ("owner", "worker", "friend")}
        for wallet in wallets.values():
            wallet.fund(_FUNDS)
        rows = []
        for plan in foreign.expected()["contract"]:
            name = f"{plan['package']} {plan['file'].rsplit('/', 1)[-1]}"
            failure = self.attempt(plan, wallets)
            rows.append((name, plan, failure))
            with self.subTest(name):
                self.assertEqual(failure is not None, "fails" in plan, failure)
                self.assertIn(plan.get("fails", ""), failure or "")
        foreign.REPORT.write_text(table(rows))

    def attempt(self, plan, wallets):
        """What went wrong, or None."""
        try:
            Play(plan, wallets).run()
        except Exception as error:  # Whatever it is, it belongs into the table.
            return f"{type(error).__name__}: {error}"
        return None


def table(rows):
    """The outcome for readers."""
    lines = ["# Foreign contracts", "", "| contract | works | notes |", "| --- | --- | --- |"]
    for name, plan, failure in rows:
        first = (failure or "").replace("|", "/").replace("\n", " ")
        notes = "; ".join(filter(None, (first, plan.get("why"), plan.get("why_not_all"))))
        lines.append(f"| {name} | {'no' if failure else 'yes'} | {notes} |")
    return "\n".join(lines) + "\n"
