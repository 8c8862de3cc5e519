# v0.1.0
# { "Depends": "py-genlayer:latest" }
from genlayer import *
import json


@gl.contract
class Wizard:
    have_coin: bool

    def __init__(self, have_coin: bool):
        self.have_coin = have_coin

    @gl.public.write
    def ask_for_coin(self, request: str) -> None:
        if not self.have_coin:
            return
        prompt = f"Adventurer: {request} have_coin: {self.have_coin}"

        def get_answer():
            result = gl.exec_prompt(prompt)
            result = result.replace("```json", "").replace("```", "")
            return result

        result = gl.eq_principle_prompt_comparative(get_answer, "The value of give_coin has to match")
        parsed = json.loads(result)
        assert isinstance(parsed["give_coin"], bool)
        self.have_coin = not parsed["give_coin"]

    @gl.public.view
    def get_have_coin(self) -> bool:
        return self.have_coin
