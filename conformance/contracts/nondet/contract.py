# { "Depends": "py-genlayer:test" }
from genlayer import *
import json


class Judge(gl.Contract):
    answer: str

    def __init__(self):
        self.answer = "none"

    @gl.public.write
    def strict(self) -> str:
        def fetch() -> str:
            return gl.nondet.web.get("https://example.org/price").body.decode().strip()

        self.answer = gl.eq_principle.strict_eq(fetch)
        return self.answer

    @gl.public.write
    def comparative(self) -> str:
        def ask() -> str:
            return gl.nondet.exec_prompt("name a colour")

        return gl.eq_principle.prompt_comparative(ask, "both name a warm colour")

    @gl.public.write
    def non_comparative(self) -> str:
        return gl.eq_principle.prompt_non_comparative(
            lambda: "a long story", task="summarise", criteria="one sentence"
        )

    @gl.public.write
    def as_json(self) -> int:
        def ask():
            return gl.nondet.exec_prompt("rate it", response_format="json")

        return gl.eq_principle.strict_eq(ask)["score"]

    @gl.public.write
    def unsafe(self, limit: int) -> int:
        def leader():
            return int(gl.nondet.exec_prompt("a number"))

        def validator(result) -> bool:
            return isinstance(result, gl.vm.Return) and abs(result.calldata - leader()) <= limit

        return gl.vm.run_nondet_unsafe(leader, validator)

    @gl.public.write
    def safe(self) -> int:
        def leader():
            raise gl.vm.UserError("cannot say")

        return gl.vm.run_nondet(leader, lambda result: leader())

    @gl.public.write
    def caught(self) -> str:
        def leader():
            raise gl.vm.UserError("cannot say")

        try:
            gl.eq_principle.strict_eq(leader)
        except gl.vm.UserError as error:
            return "caught " + error.message

    @gl.public.write
    def rendered(self) -> str:
        return gl.eq_principle.strict_eq(
            lambda: gl.nondet.web.render("https://example.org/", mode="text")
        )

    @gl.public.write
    def missing_page(self) -> list:
        def look():
            try:
                return [gl.nondet.web.render("https://example.org/404", mode="html")]
            except Exception as error:
                return [error.args[0]["causes"], error.args[0]["ctx"]["status"]]

        return gl.eq_principle.strict_eq(look)

    @gl.public.write
    def crash(self) -> str:
        return gl.eq_principle.strict_eq(lambda: [][0])

    @gl.public.write
    def outside(self) -> str:
        return gl.nondet.exec_prompt("not allowed here")

    @gl.public.write
    def posted(self) -> int:
        def send() -> int:
            reply = gl.nondet.web.post("https://example.org/api", body="hi", headers={"X-A": "b"})
            return reply.status

        return gl.eq_principle.strict_eq(send)

    @gl.public.write
    def reads_storage(self) -> str:
        self.answer = "pending"

        def look() -> str:
            return self.answer

        return gl.eq_principle.strict_eq(look)

    @gl.public.write
    def writes_storage(self) -> str:
        def spoil() -> str:
            self.answer = "spoiled"
            return "done"

        return gl.eq_principle.strict_eq(spoil)

    @gl.public.write
    def nested(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.eq_principle.strict_eq(lambda: "deep"))

    @gl.public.write
    def two(self) -> list:
        first = gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("first"))
        second = gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("second"))
        return [first, second]

    @gl.public.write
    def spin(self) -> str:
        def loop():
            while True:
                pass

        return gl.eq_principle.strict_eq(loop)
