# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass
import json
import typing


@allow_storage
@dataclass
class Bet:
    game_date: str
    team1: str
    team2: str
    predicted_winner: str
    has_resolved: bool
    real_winner: str


class Market(gl.Contract):
    bets: TreeMap[Address, TreeMap[str, Bet]]
    points: TreeMap[Address, u256]

    def __init__(self):
        pass

    def _check_match(self, url: str, team1: str, team2: str) -> dict:
        def get_match_result() -> typing.Any:
            page = gl.nondet.web.render(url, mode="text")
            task = f"""
Extract the match result for:
Team 1: {team1}
Team 2: {team2}

Web content:
{page}

Respond in JSON: {{"score": str, "winner": int}}
"""
            result = gl.nondet.exec_prompt(task).replace("```json", "").replace("```", "")
            return json.loads(result)

        return gl.eq_principle.strict_eq(get_match_result)

    @gl.public.write
    def create_bet(self, game_date: str, team1: str, team2: str, winner: str) -> str:
        key = f"{game_date}_{team1}_{team2}".lower()
        mine = self.bets.get_or_insert_default(gl.message.sender_address)
        if key in mine:
            raise gl.vm.UserError("Bet already created")
        mine[key] = Bet(game_date, team1, team2, winner, False, "")
        return key

    @gl.public.write
    def resolve_bet(self, key: str) -> None:
        bet = self.bets[gl.message.sender_address][key]
        if bet.has_resolved:
            raise gl.vm.UserError("Bet already resolved")
        status = self._check_match("https://sport.example/" + bet.game_date, bet.team1, bet.team2)
        if int(status["winner"]) < 0:
            raise gl.vm.UserError("Game not finished")
        bet.has_resolved = True
        bet.real_winner = str(status["winner"])
        if bet.real_winner == bet.predicted_winner:
            sender = gl.message.sender_address
            self.points[sender] = self.points.get(sender, u256(0)) + 1

    @gl.public.view
    def get_bets(self) -> dict:
        return {owner.as_hex: dict(bets.items()) for owner, bets in self.bets.items()}

    @gl.public.view
    def get_points(self, player: str) -> int:
        return self.points.get(Address(player), 0)
