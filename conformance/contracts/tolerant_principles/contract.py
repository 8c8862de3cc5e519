# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Prices(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def within(self) -> int:
        return gl.eq_principle.within(lambda: int(gl.nondet.exec_prompt("price")), percent=5)

    @gl.public.write
    def fields(self) -> dict:
        def ask():
            return gl.nondet.exec_prompt("rate", response_format="json")

        return gl.eq_principle.fields(ask, exact=["name"], tolerance={"price": "2%", "score": 1}, ignore=["reason"])

    @gl.public.write
    def wrong(self) -> dict:
        return gl.eq_principle.fields(lambda: {}, exact=["a"], ignore=["a"])
