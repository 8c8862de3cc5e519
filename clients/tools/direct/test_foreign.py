"""Contracts from published packages in the direct mode: the steps of `foreign.toml`, with mocks."""

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from harness import foreign, models  # noqa: E402

SITE = "https://site.example"
PAGES = {
    "deliverable": "The report is complete: five chapters, tests, and a summary.",
    "data": json.dumps({"status": "up", "requests": 1207, "errors": 0}),
}
ACCOUNTS = ("owner", "worker", "friend")
PLANS = foreign.expected()["contract"]


class Play:
    """One contract; what the tool does not keep, its balance, is kept here."""

    def __init__(self, vm, words):
        self.vm = vm
        self.words = words | {"site": SITE}
        self.contract = None
        self.accounts = {}
        self.balance = 0

    def start(self, contract):
        """From now on addresses are spelled as contracts spell them."""
        from genlayer.py.types import Address

        self.contract = contract
        self.accounts = {name: Address(self.words[name]) for name in ACCOUNTS}
        self.words |= {name: address.as_hex for name, address in self.accounts.items()}

    def fill(self, args):
        return [arg.format(**self.words) if isinstance(arg, str) else arg for arg in args]

    def call(self, step, method):
        self.vm.sender = self.accounts[step.get("as", "owner")]
        self.vm.value = step.get("value", 0)
        self.vm.deal(self.vm._contract_address, self.balance + self.vm.value)
        result = getattr(self.contract, method)(*self.fill(step.get("args", [])))
        self.balance += self.vm.value - step.get("pays", {}).get("amount", 0)
        return result

    def read(self, step):
        got = self.call(step, step["read"])
        if "returns" in step:
            assert got == step["returns"], step
        assert step.get("contains", "") in str(got)

    def write(self, step):
        if "refuses" not in step:
            assert step.get("result", "") in str(self.call(step, step["write"]))
            return
        # Not `expect_revert`: it lets the assertions of contracts through, as if they were the test's.
        with pytest.raises(Exception, match=re.escape(step["refuses"])):
            self.call(step, step["write"])


@pytest.mark.parametrize("plan", PLANS, ids=[Path(plan["file"]).stem for plan in PLANS])
def test_published_contract(plan, direct_vm, direct_deploy, tmp_path):
    path = tmp_path / Path(plan["file"]).name
    path.write_text(foreign.text(plan["package"], plan["file"]))
    for page, body in PAGES.items():
        direct_vm.mock_web(page, {"status": 200, "body": body})
    for marker, yes, _no in models._WORDS:
        direct_vm.mock_llm(re.escape(marker), yes)
    from gltest.direct.loader import create_address

    # Before the first deployment there is no package, and addresses are bytes.
    addresses = {name: create_address(name) for name in ACCOUNTS}
    direct_vm.sender = addresses["owner"]
    play = Play(direct_vm, {name: "0x" + address.hex() for name, address in addresses.items()})
    play.start(direct_deploy(str(path), *play.fill(plan["args"])))
    for step in plan["steps"]:
        play.read(step) if "read" in step else play.write(step)
