"""Raw transactions, right ones and wrong ones, made without a client."""

from eth_abi import encode
from eth_utils import keccak, to_bytes
from genlayer_py.abi import calldata
from genlayer_py.abi.transactions import serialize

CONSENSUS_MAIN = "0xb7278A61aa25c888815aFC32Ad3cC52fF24fE575"
CHAIN_ID = 61127
_ADD = keccak(text="addTransaction(address,address,uint256,uint256,bytes)")[:4]
_TYPES = ["address", "address", "uint256", "uint256", "bytes"]


def call_data(method, *args):
    """A call as it lies in a transaction, in hex."""
    return serialize([calldata.encode({"method": method, "args": list(args)}), b"\x00"])


def signed(account, contract, method, *args, nonce, sender=None, value=0):
    """A signed write, in hex; `sender` is whom it claims to come from."""
    inner = [sender or account.address, contract, 5, 3, to_bytes(hexstr=call_data(method, *args))]
    transaction = {
        "to": CONSENSUS_MAIN,
        "data": _ADD + encode(_TYPES, inner),
        "value": value,
        "nonce": nonce,
        "gas": 500_000,
        "gasPrice": 0,
        "chainId": CHAIN_ID,
    }
    return "0x" + account.sign_transaction(transaction).raw_transaction.hex().removeprefix("0x")
