# { "Depends": "py-genlayer:test" }

"""Does, on demand, what a contract should not rely on."""

from genlayer import *


class Probe(gl.Contract):
    count: u256
    seen: str

    def __init__(self):
        self.count = 1

    def hidden(self) -> None:
        self.count = 99

    @gl.public.view
    def counted(self) -> int:
        return self.count

    @gl.public.write.payable
    def judge(self) -> None:
        def ask() -> str:
            return gl.nondet.exec_prompt("APPROVED or REJECTED?")

        self.count += 1
        self.seen = gl.eq_principle.prompt_comparative(ask, "The same word")

    @gl.public.write
    def free(self) -> None:
        self.count += 1

    @gl.public.write
    def render(self, url: str) -> None:
        self.count += 1
        self.seen = gl.eq_principle.strict_eq(lambda: gl.nondet.web.render(url, mode="text"))

    @gl.public.write
    def get(self, url: str) -> None:
        self.count += 1
        self.seen = gl.eq_principle.strict_eq(lambda: str(gl.nondet.web.get(url).status))

    @gl.public.write
    def forever(self) -> None:
        while True:
            self.count += 1

    @gl.public.write
    def hoard(self) -> None:
        self.count += 1
        hoard = []
        while True:
            hoard.append(bytearray(1 << 20))

    @gl.public.write
    def unencodable(self) -> object:
        self.count += 1
        return {1, 2, 3}

    @gl.public.write
    def crash(self) -> None:
        self.count += 1
        raise KeyError("no such key")
