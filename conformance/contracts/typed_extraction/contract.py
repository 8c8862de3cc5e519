# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import dataclasses
import datetime
import typing


@dataclasses.dataclass
class Match:
    home: typing.Annotated[int, range(0, 100)]
    away: typing.Annotated[int, range(0, 100)]
    day: datetime.date | None


class Score(gl.Contract):
    home: u256
    away: u256
    quote: str

    def __init__(self):
        self.quote = ""

    @gl.public.write
    def settle(self, url: str) -> str:
        def read():
            page = gl.nondet.web.render(url)
            found = gl.nondet.extract(Match, task="The final score of the match.", source=page)
            year = found.day.year if found.day else 0
            return {"home": found.home, "away": found.away, "year": year, "quote": found.evidence["home"]}

        result = gl.eq_principle.fields(read, ignore=["quote"])
        self.home, self.away, self.quote = result["home"], result["away"], result["quote"]
        return "home" if self.home > self.away else "away or draw"

    @gl.public.write
    def returned(self) -> dict:
        def read():
            return gl.nondet.extract({"price": float, "who": ["a", "b"]}, task="The price.", sources={"shop": "5.50"})

        return gl.eq_principle.strict_eq(read)

    @gl.public.write
    def caught(self) -> list:
        def read():
            try:
                return gl.nondet.extract({"price": int}, task="The price.", source="x").values
            except gl.nondet.NondetException as error:
                return [error.causes[0], error.ctx["field"], str(error)]

        return gl.eq_principle.strict_eq(read)

    @gl.public.write
    def uncaught(self) -> dict:
        return gl.eq_principle.strict_eq(
            lambda: gl.nondet.extract({"price": int}, task="The price.", source="x").values
        )

    @gl.public.write
    def agreed(self) -> int:
        def price(url):
            page = gl.nondet.web.render(url)
            return gl.nondet.extract({"price": int}, task="The price.", source=page).price

        urls = ["https://one.example/", "https://two.test/", "https://three.org/"]
        return gl.eq_principle.strict_eq(lambda: gl.nondet.quorum(price, urls, at_least=2))
