# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Basics(gl.Contract):
    def __init__(self):
        print("init", gl.message.contract_address == self.address)

    @gl.public.write
    def pub(self):
        print("hello world")

    def private(self):
        print("never")

    @gl.private
    def marked_private(self):
        print("never")

    @gl.public.view
    def dictionary(self) -> dict:
        return {"x": 10}

    @gl.public.write
    def refuse(self):
        raise gl.vm.UserError("this is my rollback")

    @gl.public.view
    def caller(self) -> str:
        return str(gl.message.sender_address)

    @staticmethod
    @gl.public.view
    def static() -> int:
        return 7

    @gl.public.write
    def leaves_nothing(self):
        self.note = 5
        return self.note

    @gl.public.view
    def has_note(self) -> bool:
        return hasattr(self, "note")
