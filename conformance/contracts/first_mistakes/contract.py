# { "Depends": "py-genlayer:test" }
from genlayer import *


class Mistakes(gl.Contract):
    scores: TreeMap[str, TreeMap[str, u256]]
    names: DynArray[str]
    total: u256
    owner: Address

    def __init__(self):
        self.count = 1

    @gl.public.write
    def nested_map(self):
        self.scores["a"]["b"] = 1

    @gl.public.write
    def below_zero(self):
        self.total -= 1

    @gl.public.write
    def text_for_address(self):
        self.owner = "0x0200000000000000000000000000000000000000"

    @gl.public.view
    def fraction(self):
        return 0.5

    @gl.public.view
    def keys(self):
        return {1: "a"}

    @gl.public.write
    def web_outside(self):
        return gl.nondet.web.get("https://example.org").body

    @gl.public.write
    def wrong_type(self):
        def leader():
            return gl.nondet.web.get(17).body

        return gl.eq_principle.strict_eq(leader)

    @gl.public.write
    def write_in_block(self):
        def leader():
            self.total = 1

        return gl.eq_principle.strict_eq(leader)

    @gl.public.write
    def call_in_block(self):
        def leader():
            return gl.get_contract_at(gl.message.contract_address).view().total()

        return gl.eq_principle.strict_eq(leader)

    @gl.public.write
    def page_missing(self):
        def leader():
            return gl.nondet.web.render("https://example.org/none")

        return gl.eq_principle.strict_eq(leader)

    @gl.public.view
    def no_import(self):
        return json.dumps({})

    @gl.public.view
    def invented(self):
        return gl.call_llm("hello")

    @gl.public.view
    def misspelt(self):
        return gl.message.sendr_address

    @gl.public.view
    def unknown_field(self):
        return self.totl

    @gl.public.view
    def not_declared(self):
        return self.balance_of

    @gl.public.view
    def proxy_without_view(self):
        return gl.get_contract_at(gl.message.contract_address).total()

    @gl.public.view
    def library(self):
        import requests

    @gl.public.view
    def own_refusal(self):
        raise ValueError("too early")

    @gl.public.view
    def memory(self):
        heap = []
        while True:
            heap.append(b"x" * (16 << 20))

    @gl.public.view
    def python_method(self):
        self.names.push("a")

    @gl.public.view
    def arguments(self, a: int, b: int):
        return a + b
