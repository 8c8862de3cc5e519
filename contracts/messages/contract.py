# { "Depends": "py-genlayer:test" }

"""Messages: contracts that write to each other, pay, and deploy others.

A message is a transaction of its own, judged after the one that sent it: right away with
`on="accepted"`, or, for what must not be undone, once the sender is final. That is the default.
"""

from genlayer import *


class Mailbox(gl.Contract):
    letters: DynArray[str]
    child: Address

    def __init__(self):
        pass

    @gl.public.view
    def inbox(self) -> list[str]:
        return list(self.letters)

    @gl.public.view
    def child_address(self) -> Address:
        return self.child

    @gl.public.view
    def funds(self) -> int:
        return self.balance

    @gl.public.write.payable
    def deliver(self, letter: str) -> None:
        sender = gl.message.sender_address.as_hex
        self.letters.append(f"{letter} (from {sender}, with {gl.message.value})")

    @gl.public.write
    def write_now(self, to: Address, letter: str) -> None:
        gl.get_contract_at(to).emit(on="accepted").deliver(letter)

    @gl.public.write.payable
    def write_when_final(self, to: Address, letter: str) -> None:
        gl.get_contract_at(to).emit(value=gl.message.value, on="finalized").deliver(letter)

    @gl.public.write
    def pay(self, to: Address, amount: int) -> None:
        if amount > self.balance:
            raise gl.vm.UserError(f"{self.balance} is less than {amount}")
        gl.get_contract_at(to).emit_transfer(value=amount)

    @gl.public.write
    def spawn(self, code: str, greeting: str) -> Address:
        # With a salt the address of the child is known before it exists.
        self.child = gl.deploy_contract(
            code=code.encode(), args=[greeting], salt_nonce=1, on="accepted"
        )
        return self.child
