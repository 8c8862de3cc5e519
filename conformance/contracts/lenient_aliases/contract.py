# { "Depends": "py-genlayer:test" }
from genlayer import *
from genlayer.testing import *


@gl.dataclass
class Entry:
    name: str
    amount: u256


class Lenient(gl.Contract):
    entries: gl.DynArray[Entry]
    table: gl.TreeMap[str, u256]

    def __init__(self):
        self.entries.append(Entry("a", 1))

    @gl.public.view
    def message(self) -> list:
        m = gl.message
        return [m.sender == m.sender_address, m.sender_account == m.sender, m.contract_account, m.timestamp, m.datetime, gl.block.timestamp]

    @gl.public.view
    def block_number(self) -> list:
        return [isinstance(gl.message.block_number, int), isinstance(gl.block.number, int)]

    @gl.public.write
    def bare_error(self):
        raise UserError("bare")

    @gl.public.write
    def gl_errors(self, which: int):
        if which == 0:
            raise gl.UserError("gl.UserError")
        if which == 1:
            raise gl.Rollback("gl.Rollback")
        gl.rollback("gl.rollback")

    @gl.public.write
    def transfer(self):
        gl.transfer(gl.message.sender_address, 3)

    @gl.public.write
    def constructors(self) -> list:
        self.table["x"] = 1
        self.table = TreeMap()
        self.entries = DynArray[Entry]()
        return [len(self.table), len(self.entries)]

    @gl.public.write
    def deploy(self) -> Address:
        return gl.deploy_contract(code=b"x", salt=1)

    @gl.public.write
    def fetch(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.http_fetch("https://example.org/").text)

    @gl.public.write
    def json_eq(self) -> dict:
        return gl.eq_principle.json_eq(lambda: gl.nondet.exec_prompt("q", response_format="json"))

    @gl.public.write
    def formats(self) -> list:
        def block():
            return [
                gl.nondet.exec_prompt("a number", response_format=int),
                gl.nondet.exec_prompt("a verdict", response_format=bool),
                gl.nondet.exec_prompt("a map", response_format=dict),
            ]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def non_comparative_input(self) -> str:
        return gl.eq_principle.prompt_non_comparative(input=lambda: "story", task="t", criteria="c")
