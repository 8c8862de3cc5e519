# { "Depends": "py-genlayer:test" }

"""User storage: every account keeps a note of its own, and only its owner can change it."""

from genlayer import *


class UserStorage(gl.Contract):
    notes: TreeMap[Address, str]

    def __init__(self):
        pass

    @gl.public.view
    def note_of(self, owner: Address) -> str:
        return self.notes.get(owner, "")

    @gl.public.view
    def everything(self) -> dict[str, str]:
        return {owner.as_hex: note for owner, note in self.notes.items()}

    @gl.public.write
    def write(self, note: str) -> None:
        self.notes[gl.message.sender_address] = note

    @gl.public.write
    def erase(self) -> None:
        if gl.message.sender_address not in self.notes:
            raise gl.vm.UserError("there is no note to erase")
        del self.notes[gl.message.sender_address]
