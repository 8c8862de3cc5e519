"""The host where the package runs in an ordinary Python: under a test tool's `_genlayer_wasi`.

Tools that lint contracts or test them in their own process supply that module and a start-up map on
file descriptor 0; nothing here is used inside of the sandbox.

# Invariants
- The module is looked up at each use: tools take it away between tests.
- A tool that runs no node (it only reads the contract's types) gets a zero message and no answers.

# Not here
- Isolation. A sandbox is a plain call, with what that can leave behind.
"""

import datetime
import os

_NOTHING = 0xFFFFFFFF
_STDIN = 0
_MASK = 2**64 - 1
_RATE = 136


def _wasi():
    """The emulator, or None where there is none but our own shim."""
    try:
        import _genlayer_wasi as module
    except ImportError:
        return None
    return None if "OURS" in vars(module) else module


def present():
    """Whether somebody emulates the node."""
    return _wasi() is not None


def is_tools(error):
    """Whether an exception is the tool's own."""
    tool = getattr(_wasi(), "__name__", "").partition(".")[0]
    return type(error).__module__.partition(".")[0] == tool


class Host:
    """Host functions by way of `_genlayer_wasi`, with those it lacks written out."""

    def __getattr__(self, name):
        raise RuntimeError(f"`{name}` needs a node: this code runs outside of the contract sandbox")

    def _need(self, name):
        module = _wasi()
        if module is None:
            self.__getattr__(name)
        return module

    def storage_read(self, slot, offset, length):
        """Bytes of a slot."""
        data = bytearray(length)
        self._need("storage_read").storage_read(slot, offset, data)
        return bytes(data)

    def storage_write(self, slot, offset, data):
        """Puts bytes into a slot."""
        self._need("storage_write").storage_write(slot, offset, data)

    def balance_of(self, address):
        """Balance of an address, 32 bytes."""
        return int(self._need("balance_of").get_balance(address)).to_bytes(32, "little")

    def self_balance(self):
        """Own balance, 32 bytes."""
        return int(self._need("self_balance").get_self_balance()).to_bytes(32, "little")

    def gl_call(self, request):
        """The answer's bytes or None."""
        answer = self._need("gl_call").gl_call(request)
        if answer in (_NOTHING, _STDIN):
            return None
        with os.fdopen(answer, "rb") as file:
            return file.read()

    def keccak256(self, data):
        """Keccak-256 of `data`."""
        return keccak256(data)

    def log(self, fd, data):
        """Output goes where the tool sends it."""
        os.write(fd, data)


def generation():
    """The API generation that the archive of a test tool is for; v0.2 where nothing says so."""
    try:
        with open(os.path.join(os.path.dirname(__file__), "generation")) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 2


def now():
    """The tool's time as the message tells times."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def start_up():
    """The start-up map: what the tool put on descriptor 0, or zeros if it has no node."""
    nobody = bytes(20)
    if os.environ.get("GENERATING_DOCS"):
        return {
            "contract_address": nobody,
            "sender_address": nobody,
            "origin_address": nobody,
            "stack": [],
            "value": 0,
            "datetime": "1970-01-01T00:00:00Z",
            "is_init": False,
            "chain_id": 0,
            "entry_kind": 0,
            "entry_data": b"",
            "entry_stage_data": None,
        }
    if not present() or os.isatty(_STDIN):
        raise RuntimeError("there is no message: this code runs outside of the contract sandbox")
    from .py import calldata

    with os.fdopen(_STDIN, "rb", closefd=False) as file:
        fields = calldata.decode(file.read())
    for name in ("contract_address", "sender_address", "origin_address"):
        # Without a sender yet, a tool has nothing to put here.
        fields[name] = nobody if fields[name] is None else bytes(fields[name].as_bytes)
    fields["stack"] = [bytes(item.as_bytes) for item in fields["stack"]]
    return fields


def _constants():
    """Round constants, rotations and lane order of Keccak-f[1600], from their definitions."""
    rounds, register = [], 1
    for _ in range(24):
        constant = 0
        for bit in range(7):
            if register & 1:
                constant |= 1 << (2**bit - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        rounds.append(constant)
    order, x, y = [], 1, 0
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        order.append((x + 5 * y, (step + 1) * (step + 2) // 2 % 64))
    return rounds, order


_ROUNDS, _ORDER = _constants()


def _permute(lanes):
    for constant in _ROUNDS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            after = columns[(x + 1) % 5]
            mix = columns[x - 1] ^ (after << 1 | after >> 63) & _MASK
            for y in range(0, 25, 5):
                lanes[x + y] ^= mix
        moving = lanes[1]
        for target, by in _ORDER:
            lanes[target], moving = (moving << by | moving >> (64 - by)) & _MASK, lanes[target]
        for y in range(0, 25, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[x - 4] & row[x - 3])
        lanes[0] ^= constant


def keccak256(data):
    """Keccak-256 of `data`, in plain Python."""
    padded = bytearray(data) + b"\1" + bytes(-(len(data) + 1) % _RATE)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for at in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[at + 8 * lane : at + 8 * lane + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
