"""A node in a few lines: storage pages in a dictionary, requests recorded, answers scripted."""

from genlayer import _host
from genlayer.gl import _contract, _message
from genlayer.py import calldata
from genlayer.py.storage import _slots, root

ME = bytes([1]) + bytes(19)
SENDER = bytes([2]) + bytes(19)


class Refused(Exception):
    """How the node says no."""

    def __init__(self, value):
        super().__init__(value)
        self.value = value


_ROUND = [
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
]  # fmt: skip
_MASK = 2**64 - 1


def _rot(value, by):
    by %= 64
    return (value << by | value >> (64 - by)) & _MASK


def _permute(lanes):
    for constant in _ROUND:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            mix = columns[(x - 1) % 5] ^ _rot(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= mix
        x, y, current = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, lanes[x + 5 * y] = lanes[x + 5 * y], _rot(current, (step + 1) * (step + 2) // 2)
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        lanes[0] ^= constant
    return lanes


def keccak256(data):
    """Independent of the package: the sponge with rate 136 and padding 01."""
    padded = bytearray(data) + b"\1" + bytes(-(len(data) + 1) % 136)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for at in range(0, len(padded), 136):
        for i in range(17):
            lanes[i] ^= int.from_bytes(padded[at + 8 * i : at + 8 * i + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


class FakeHost:
    """Host functions of the sandbox boundary."""

    def __init__(self):
        self.slots = {}
        self.read_only = False
        self.requests = []
        self.answers = []
        self.balances = {}
        self.own = 0
        self.output = []

    def storage_read(self, slot, offset, length):
        data = self.slots.get(slot, b"")
        part = bytes(data[offset : offset + length])
        return part + bytes(length - len(part))

    def storage_write(self, slot, offset, data):
        if self.read_only:
            raise Refused(6)
        cell = self.slots.setdefault(slot, bytearray())
        if len(cell) < offset + len(data):
            cell += bytes(offset + len(data) - len(cell))
        cell[offset : offset + len(data)] = data

    def balance_of(self, address):
        return self.balances.get(address, 0).to_bytes(32, "little")

    def self_balance(self):
        return self.own.to_bytes(32, "little")

    def gl_call(self, request):
        self.requests.append(calldata.decode(request))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Refused):
            raise answer
        return answer

    def keccak256(self, data):
        return keccak256(data)

    def log(self, fd, data):
        self.output.append((fd, data))


def fresh(**message):
    """Installs an empty node and forgets the contract; returns the node."""
    host = FakeHost()
    _host.install(host, Refused)
    _contract._KNOWN = None
    _slots.forget()
    root.Root.BASE = 0
    fields = {
        "contract_address": ME,
        "sender_address": SENDER,
        "origin_address": SENDER,
        "stack": [],
        "value": 0,
        "chain_id": 0,
        "is_init": False,
        "datetime": "2024-11-26T06:42:42.424242Z",
        "entry_kind": 0,
        "entry_data": b"",
        "entry_stage_data": None,
    }
    _message.fill(fields | message)
    return host
