# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Note(gl.Event):
    def __init__(self, x: int, /): ...


class Built(gl.Contract):
    answer: str

    def __init__(self, fail: bool):
        self.answer = gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt("name"))
        gl.get_contract_at(gl.message.sender_address).emit().created(self.answer)
        if fail:
            raise gl.vm.UserError("not built")

    @gl.public.view
    def get(self) -> str:
        return self.answer
