# { "Depends": "py-genlayer:test" }

"""Storage: one text, kept on chain. Anybody may read it, anybody may replace it."""

from genlayer import *


class Storage(gl.Contract):
    value: str

    def __init__(self, initial: str):
        self.value = initial

    @gl.public.view
    def get(self) -> str:
        return self.value

    @gl.public.write
    def set(self, value: str) -> None:
        if not value:
            raise gl.vm.UserError("an empty text is not worth a transaction")
        self.value = value
        print("stored", len(value), "characters")
