# { "Depends": "py-genlayer:test" }

"""Football market: bets on a match, settled by what a web page says.

Every validator reads the page itself and lets its model find the score. The answer is brought
into one short form, so that `strict_eq` can demand that all come to exactly the same.
"""

import json

from genlayer import *


class FootballMarket(gl.Contract):
    home: str
    away: str
    page: str
    score: str
    winner: str
    stakes: TreeMap[Address, u256]
    picks: TreeMap[Address, str]

    def __init__(self, home: str, away: str, page: str):
        self.home = home
        self.away = away
        self.page = page

    @gl.public.view
    def result(self) -> dict[str, str]:
        return {"score": self.score, "winner": self.winner}

    @gl.public.view
    def pot(self) -> int:
        return self.balance

    @gl.public.write.payable
    def bet(self, pick: str) -> None:
        if self.score:
            raise gl.vm.UserError("the match is over")
        if pick not in (self.home, self.away, "draw"):
            raise gl.vm.UserError(f"pick {self.home}, {self.away} or draw")
        if gl.message.value == 0:
            raise gl.vm.UserError("a bet needs a stake")
        if gl.message.sender_address in self.picks:
            raise gl.vm.UserError("one bet each")
        self.picks[gl.message.sender_address] = pick
        self.stakes[gl.message.sender_address] = gl.message.value

    @gl.public.write
    def settle(self) -> str:
        if self.score:
            raise gl.vm.UserError("settled already")
        home, away, page = self.home, self.away, self.page

        def read() -> str:
            text = gl.nondet.web.render(page, mode="text")
            answer = gl.nondet.exec_prompt(
                f"""Find the final score of the football match {home} against {away} in this page.

{text}

Answer as JSON: {{"finished": bool, "home_goals": int, "away_goals": int}}""",
                response_format="json",
            )
            if answer.get("finished") is not True:
                return json.dumps({"score": "", "winner": "unknown"})
            home_goals, away_goals = int(answer["home_goals"]), int(answer["away_goals"])
            winner = home if home_goals > away_goals else away if away_goals > home_goals else "draw"
            return json.dumps({"score": f"{home_goals}:{away_goals}", "winner": winner})

        found = json.loads(gl.eq_principle.strict_eq(read))
        if found["winner"] == "unknown":
            raise gl.vm.UserError("the page has no final score yet")
        self.score = found["score"]
        self.winner = found["winner"]
        self._pay()
        return self.score

    def _pay(self) -> None:
        """Winners share the pot by stake; if nobody won, everybody gets the stake back."""
        won = [who for who, pick in self.picks.items() if pick == self.winner]
        paid = won or list(self.picks)
        pot = self.balance
        staked = sum(self.stakes[who] for who in paid)
        for who in paid:
            gl.get_contract_at(who).emit_transfer(value=pot * self.stakes[who] // staked)
