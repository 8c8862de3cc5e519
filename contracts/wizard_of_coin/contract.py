# { "Depends": "py-genlayer:test" }

"""Wizard of Coin: a wizard guards a coin, and a model decides whether he hands it over.

Every validator asks its own model. The models may explain themselves in their own words; under
`prompt_comparative` only what the principle names has to be the same.
"""

import json

from genlayer import *


class WizardOfCoin(gl.Contract):
    holder: Address
    last_words: str

    def __init__(self):
        self.holder = gl.message.contract_address
        self.last_words = ""

    @gl.public.view
    def state(self) -> dict:
        return {
            "holder": self.holder.as_hex,
            "with_wizard": self.holder == gl.message.contract_address,
            "last_words": self.last_words,
        }

    @gl.public.write
    def ask_for_coin(self, request: str) -> bool:
        if self.holder != gl.message.contract_address:
            raise gl.vm.UserError("the coin is gone already")

        def listen() -> str:
            answer = gl.nondet.exec_prompt(
                f"""You are a wizard who guards a magic coin. Adventurers try to talk you out of it.
You give it only to somebody who needs it to help others, never to the greedy or the cunning.

An adventurer says: {request}

Answer as JSON: {{"reasoning": str, "give_coin": bool}}""",
                response_format="json",
            )
            return json.dumps(answer, sort_keys=True)

        verdict = json.loads(
            gl.eq_principle.prompt_comparative(listen, "The value of give_coin has to be the same")
        )
        self.last_words = str(verdict["reasoning"])
        if verdict["give_coin"] is True:
            self.holder = gl.message.sender_address
        return verdict["give_coin"] is True
