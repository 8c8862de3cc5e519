# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from dataclasses import dataclass
from genlayer.storage import DynArray, TreeMap, allow
from genlayer.types import *


@allow
@dataclass
class Deal:
    buyer: Address
    seller: Address
    amount: u256
    terms: str
    state: str


class Escrow(gl.contract.Contract):
    deals: DynArray[Deal]
    by_party: TreeMap[Address, DynArray[u32]]

    def __init__(self):
        pass

    @gl.public.write.payable
    def open(self, seller: Address, terms: str) -> int:
        if gl.message.value == 0:
            raise gl.vm.UserError("nothing paid")
        number = len(self.deals)
        self.deals.append(Deal(gl.message.sender_address, seller, gl.message.value, terms, "open"))
        for party in (gl.message.sender_address, seller):
            self.by_party.get_or_insert_default(party).append(number)
        return number

    @gl.public.write
    def settle(self, number: int, evidence: str) -> str:
        deal = self.deals[number]
        if deal.state != "open":
            raise gl.vm.UserError({"code": "closed", "state": deal.state})
        terms = deal.terms

        def leader():
            answer = gl.nondet.exec_prompt(f"terms: {terms} evidence: {evidence}", response_format="json")
            return bool(answer["delivered"])

        def validator(result) -> bool:
            return isinstance(result, gl.vm.Return) and result.calldata == leader()

        delivered = gl.vm.run_nondet(leader, validator)
        deal.state = "paid" if delivered else "refunded"
        payee = deal.seller if delivered else deal.buyer
        gl.chain.Account(payee).emit_transfer(deal.amount)
        return deal.state

    @gl.public.view
    def deals_of(self, party: Address) -> list:
        return [self.deals[number] for number in self.by_party[party]]
