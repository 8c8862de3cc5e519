# { "Depends": "py-genlayer:test" }
from genlayer import *


class ReadOnly(gl.Contract):
    nested: TreeMap[str, TreeMap[str, u8]]
    owners: TreeMap[Address, str]
    flags: TreeMap[bool, u8]

    def __init__(self):
        self.nested.get_or_insert_default("a")["b"] = 1
        self.owners[gl.message.sender_address] = "me"
        self.flags[True] = 3

    @gl.public.view
    def existing(self) -> int:
        return self.nested.get_or_insert_default("a")["b"]

    @gl.public.view
    def absent(self) -> int:
        return len(self.nested.get_or_insert_default("z"))

    @gl.public.view
    def remove_absent(self) -> str:
        try:
            del self.nested["z"]
        except KeyError:
            return "KeyError"

    @gl.public.view
    def other_keys(self) -> list:
        found = [self.flags.get(5), 0 in self.flags, "x" in self.nested]
        for look in (lambda: self.owners.get("0x" + "00" * 20), lambda: self.nested[5], lambda: self.flags["x"]):
            try:
                look()
            except (TypeError, AssertionError) as error:
                found.append(type(error).__name__)
        return found
