# v0.1.0
# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *


class Token(gl.Contract):
    total_supply: u256
    balances: TreeMap[Address, u256]
    allowances: TreeMap[Address, TreeMap[Address, u256]]
    log: DynArray[str]

    def __init__(self, total_supply: int):
        self.total_supply = u256(total_supply)
        self.balances[gl.message.sender_address] = u256(total_supply)

    @gl.public.write
    def transfer(self, to: str, amount: int) -> None:
        self._move(gl.message.sender_address, Address(to), amount)

    @gl.public.write
    def approve(self, spender: str, amount: int) -> None:
        mine = self.allowances.get_or_insert_default(gl.message.sender_address)
        mine[Address(spender)] = u256(amount)

    @gl.public.write
    def transfer_from(self, owner: str, to: str, amount: int) -> None:
        allowed = self.allowances[Address(owner)]
        left = allowed.get(gl.message.sender_address, u256(0))
        if left < amount:
            raise Rollback("not allowed")
        allowed[gl.message.sender_address] = u256(left - amount)
        self._move(Address(owner), Address(to), amount)

    def _move(self, source: Address, to: Address, amount: int):
        if self.balances.get(source, u256(0)) < amount:
            raise Rollback("insufficient balance")
        self.balances[source] -= amount
        self.balances[to] = self.balances.get(to, u256(0)) + amount
        self.log.append(f"{source.as_hex}>{to.as_hex}:{amount}")

    @gl.public.view
    def balance_of(self, owner: str) -> int:
        return self.balances.get(Address(owner), u256(0))

    @gl.public.view
    def balances_of_all(self) -> dict[str, int]:
        return {k.as_hex: v for k, v in self.balances.items()}

    @gl.public.view
    def history(self) -> list[str]:
        return list(self.log)
