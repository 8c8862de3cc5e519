"""An account that acts through the published genlayer-py."""

import copy
from pathlib import Path

from eth_account.messages import encode_defunct
from eth_utils import keccak
from genlayer_py import create_account, create_client, localnet
from genlayer_py.types import CalldataAddress, TransactionHashVariant, TransactionStatus

from .network import ROOT

_INTERVAL_MS = 50
_RETRIES = 2400


def source(name):
    """The text of one of our contracts."""
    return Path(ROOT, "contracts", name, "contract.py").read_text()


def address_arg(address):
    """An address as contracts get it."""
    return CalldataAddress(address)


class Wallet:
    """One key on one network."""

    def __init__(self, network, private_key=None):
        self.network = network
        self.account = create_account(private_key)
        # The client writes its endpoint into the chain it is given.
        self.client = create_client(copy.deepcopy(localnet), network.url, self.account)
        self.address = self.account.address

    def fund(self, amount):
        """Native tokens out of nothing; done when they are there."""
        self.settle("0x" + bytes(self.client.fund_account(self.address, amount)).hex())

    def settle(self, tx, status=TransactionStatus.ACCEPTED):
        """Waits until a transaction is decided, or final; its full record."""
        return self.client.wait_for_transaction_receipt(
            transaction_hash=tx,
            status=status,
            interval=_INTERVAL_MS,
            retries=_RETRIES,
            full_transaction=True,
        )

    def finalise(self, tx):
        """Waits until a transaction is final."""
        return self.settle(tx, TransactionStatus.FINALIZED)

    def deploy(self, code, *args):
        """The record of a deployment."""
        return self.settle(self.client.deploy_contract(code=code, args=list(args)))

    def install(self, code, *args):
        """The address of a contract that must come to exist."""
        record = self.deploy(code, *args)
        if not succeeded(record):
            raise AssertionError(f"deployment failed: {explain(record)}")
        return record["data"]["contract_address"]

    def write(self, contract, method, *args, value=0, rotations=None):
        """The record of a call."""
        return self.settle(self.send(contract, method, *args, value=value, rotations=rotations))

    def send(self, contract, method, *args, value=0, rotations=None, leader_only=False):
        """The id of a call, not waited for."""
        return self.client.write_contract(
            address=contract,
            function_name=method,
            args=list(args),
            value=value,
            consensus_max_rotations=rotations,
            leader_only=leader_only,
        )

    def cancel(self, tx):
        """Withdraws a pending transaction; genlayer-py has no call for it, so its account signs and its provider asks."""
        digest = keccak(b"cancel_transaction" + bytes.fromhex(tx.removeprefix("0x")))
        signature = self.account.sign_message(encode_defunct(primitive=digest)).signature
        request = self.client.provider.make_request
        return request(method="sim_cancelTransaction", params=[tx, "0x" + bytes(signature).hex()])["result"]

    def read(self, contract, method, *args, final=False):
        """What a view returns."""
        variant = TransactionHashVariant.LATEST_FINAL if final else TransactionHashVariant.LATEST_NONFINAL
        return self.client.read_contract(
            address=contract, function_name=method, args=list(args), transaction_hash_variant=variant
        )

    def nonce(self):
        """Transactions sent so far."""
        return self.client.get_current_nonce(self.address)

    def balance(self, address=None):
        """Native tokens of an account or contract."""
        return int(self.network.rpc.call("eth_getBalance", address or self.address), 16)


def leader(record):
    """What the leader of the deciding round reported."""
    receipts = record["consensus_data"]["leader_receipt"]
    return receipts[0] if receipts else {}


def succeeded(record):
    """Was it accepted, and did the contract run to its end?"""
    return record["status_name"] in ("ACCEPTED", "FINALIZED") and leader(record).get("execution_result") == "SUCCESS"


def explain(record):
    """Status and failure of a transaction, for a reader."""
    result = leader(record).get("genvm_result") or {}
    parts = (record["status_name"], record.get("error"), result.get("error_description"), result.get("stderr"))
    return " | ".join(str(part).strip() for part in parts if part)


def ballots(record):
    """Who voted what and why in the deciding round: `{model: (vote, reason)}`."""
    consensus = record["consensus_data"]
    return _ballots(consensus["leader_receipt"], consensus["validators"])


def rounds(record):
    """All rounds, each as the leader's model and the ballots."""
    results = record["consensus_history"]["consensus_results"]
    return [(_model(one["leader_result"][0]), _ballots(one["leader_result"], one["validator_results"])) for one in results]


def _ballots(leaders, validators):
    # The leader is there twice: as it proposed and as it voted.
    return {_model(receipt): (receipt["vote"], receipt.get("reason")) for receipt in leaders[-1:] + validators}


def _model(receipt):
    return receipt["node_config"]["primary_model"]["model"]
