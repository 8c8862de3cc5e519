# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Lazies(gl.Contract):
    value: u256

    def __init__(self):
        self.value = 3

    @gl.public.view
    def once(self) -> list:
        calls = []

        def work():
            calls.append(1)
            return 5

        lazy = gl.Lazy(work)
        return [lazy.get(), lazy.get(), len(calls)]

    @gl.public.view
    def replays_errors(self) -> list:
        calls = []

        def work():
            calls.append(1)
            raise ValueError("once")

        lazy = gl.Lazy(work)
        seen = []
        for _ in range(2):
            try:
                lazy.get()
            except ValueError as error:
                seen.append(str(error))
        return [seen, len(calls)]

    @gl.public.write
    def everywhere(self) -> list:
        a = gl.eq_principle.strict_eq.lazy(lambda: 1)
        b = gl.vm.run_nondet_unsafe.lazy(lambda: 2, lambda leader: True)
        c = gl.vm.spawn_sandbox.lazy(lambda: 3)
        d = gl.get_contract_at(self.address).view().plain.lazy()
        e = gl.eq_principle.prompt_comparative.lazy(lambda: "x", "same")
        f = gl.eq_principle.strict_eq.lazy(lambda: gl.nondet.exec_prompt.lazy("q").get())
        return [a.get(), b.get(), c.get().calldata, d.get(), e.get(), f.get()]

    @gl.public.view
    def plain(self) -> int:
        return self.value

    @gl.public.write
    def order(self) -> list:
        second = gl.eq_principle.strict_eq.lazy(lambda: "first block")
        first = gl.eq_principle.strict_eq(lambda: "second block")
        return [first, second.get()]

    @gl.public.write
    def asked_at_once(self) -> list:
        """A block sees storage as it is when `.lazy` is called; its failure waits for `get`."""

        def fails():
            raise gl.vm.UserError("late")

        before = gl.eq_principle.strict_eq.lazy(lambda: int(self.value))
        failing = gl.eq_principle.strict_eq.lazy(fails)
        self.value = 7
        after = gl.eq_principle.strict_eq.lazy(lambda: int(self.value))
        self.value = 3
        try:
            failing.get()
        except gl.vm.UserError as error:
            return [before.get(), after.get(), error.message]
