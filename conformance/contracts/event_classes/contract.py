# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Moved(gl.Event):
    name = "Renamed"

    def __init__(self, who: Address, amount: u256, /, **blob): ...


class Plain(gl.Event):
    def __init__(self): ...


class Long(gl.Event):
    def __init__(self, text: str, /): ...


class Four(gl.Event):
    def __init__(self, a: int, b: int, c: int, d: int, /): ...


def failing(action):
    try:
        action()
    except Exception as error:
        return type(error).__name__
    return "no error"


class Events(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def attributes(self) -> list:
        return [Moved.name, list(Moved.indexed), Moved.signature, Plain.signature, Long.indexed[0]]

    @gl.public.write
    def sorted_fields(self):
        Moved(gl.message.sender_address, u256(5), note="n").emit()

    @gl.public.write
    def plain(self):
        Plain().emit()

    @gl.public.write
    def long(self):
        Long("x" * 40).emit()

    @gl.public.write
    def four(self):
        Four(1, 2, 3, 4).emit()

    @gl.public.view
    def wrong_uses(self) -> list:
        return [
            failing(lambda: Moved(gl.message.sender_address)),
            failing(lambda: Moved(gl.message.sender_address, 1, amount=2)),
            failing(lambda: Moved(1, 2, 3)),
        ]

    @gl.public.view
    def wrong_classes(self) -> list:
        def star():
            class E(gl.Event):
                def __init__(self, *args): ...

        def keyword_only():
            class E(gl.Event):
                def __init__(self, *, a: int): ...

        def no_slash():
            class E(gl.Event):
                def __init__(self, a: int): ...

        def no_self():
            class E(gl.Event):
                def __init__(this, a: int, /): ...

        return [failing(star), failing(keyword_only), failing(no_slash), failing(no_self)]

    @gl.public.write
    def raw(self):
        gl.advanced.emit_raw_event([b"\x01" * 32], {"k": [1, "v"]})
