# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
from dataclasses import dataclass


@dataclass
class Answer:
    score: int
    tags: tuple


def leader(kind):
    if kind == "dataclass":
        return Answer(5, ("a", "b"))
    if kind == "user":
        raise gl.vm.UserError("why")
    if kind == "crash":
        return {}["missing"]
    if kind == "float":
        return 0.5
    return None


def validator(result):
    if isinstance(result, gl.vm.Return):
        return result.calldata in ({"score": 5, "tags": ["a", "b"]}, None)
    if isinstance(result, gl.vm.UserError):
        return result.message == "why"
    return isinstance(result, gl.vm.VMError) and result.message == "exit_code 1"


class Inputs(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def ask(self, kind: str):
        return gl.vm.run_nondet_unsafe(lambda: leader(kind), validator)
