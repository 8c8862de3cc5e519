# { "Depends": "py-genlayer:test" }

"""View chain: links that know the next one. A view of the first asks all the others, at once.

Views of other contracts run inside the same transaction and see the same state; they cost no
message and cannot change anything.
"""

from genlayer import *

END = Address("0x0000000000000000000000000000000000000000")


class Link(gl.Contract):
    weight: u256
    behind: Address

    def __init__(self, weight: int, behind: Address):
        self.weight = weight
        self.behind = behind

    @gl.public.view
    def total(self) -> int:
        if self.behind == END:
            return self.weight
        return self.weight + gl.get_contract_at(self.behind).view().total()

    @gl.public.view
    def length(self) -> int:
        if self.behind == END:
            return 1
        return 1 + gl.get_contract_at(self.behind).view().length()

    @gl.public.write
    def reweigh(self) -> int:
        """Takes the weight of everything behind this link as its own."""
        if self.behind == END:
            raise gl.vm.UserError("nothing is behind the last link")
        self.weight = gl.get_contract_at(self.behind).view().total()
        return self.weight
