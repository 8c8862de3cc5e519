"""Runs a contract many times while the image is built, so that the interpreter is warm in it.

The interpreter adapts its own code to what it does: the first runs write counters and specialised
instructions all over the heap. Done at build time that is a part of the image, and a run neither
waits for it nor leaves pages that have to be put back.

# Invariants
- Nothing of the contract stays but warm code: every registry is as it was.

# Not here
- The node: its answers here are just good enough to go on.
"""

import atexit
import gc
import linecache
import marshal
import random
import sys
import typing
from types import SimpleNamespace

import importer
from genlayer import _host
from genlayer.gl import _contract, _message
from genlayer.py import calldata
from genlayer.py.storage import _kinds, _slots
from genlayer.py.storage.root import Root

#: Rounds after which nothing changes any more.
_ROUNDS = 12

_CONTRACT = '''
import json
from dataclasses import dataclass
from genlayer import *
import typing


@allow_storage
@dataclass
class Item:
    owner: Address
    text: str
    amount: u256
    done: bool


class Sold(gl.Event):
    def __init__(self, owner: Address, /, **blob): ...


class Market(gl.Contract):
    owner: Address
    name: str
    count: u256
    big: bigint
    open: bool
    items: TreeMap[str, Item]
    balances: TreeMap[Address, u256]
    notes: TreeMap[str, str]
    numbers: TreeMap[u256, u256]
    history: DynArray[str]
    nested: TreeMap[Address, TreeMap[str, u256]]

    def __init__(self, name: str = "shop", limit: int = 3):
        self.owner = gl.message.sender_address
        self.name = name
        self.count = u256(0)
        self.open = True

    @gl.public.view
    def get(self, key: str) -> str:
        if key in self.items:
            return self.items[key].text
        return self.notes.get(key, "")

    @gl.public.view
    def summary(self) -> dict[str, typing.Any]:
        return {
            "owner": self.owner.as_hex,
            "name": self.name,
            "count": self.count,
            "history": [line for line in self.history],
            "notes": {key: value for key, value in self.notes.items()},
        }

    @gl.public.view
    def total(self) -> int:
        return self.count

    @gl.public.write
    def put(self, key: str, amount: int) -> None:
        sender = gl.message.sender_address
        self.items[key] = Item(sender, key, u256(amount), False)
        self.balances[sender] = self.balances.get(sender, u256(0)) + amount
        self.notes[key] = json.dumps({"key": key, "amount": amount})
        self.numbers[u256(amount)] = u256(amount)
        self.nested.get_or_insert_default(sender)[key] = u256(amount)
        self.history.append(f"{key}: {amount}")
        self.count += 1
        self.big = bigint(self.count * 2)
        Sold(sender, key=key).emit()

    @gl.public.write.payable
    def pay(self, to: str) -> int:
        if gl.message.value > self.balance:
            raise gl.vm.UserError("too much")
        gl.get_contract_at(Address(to)).emit_transfer(value=u256(1))
        return gl.message.value

    @gl.public.write
    def ask(self, question: str) -> str:
        def leader() -> str:
            page = gl.nondet.web.render("https://example.org", mode="text")
            answer = gl.nondet.exec_prompt(question + page, response_format="json")
            return json.dumps(answer, sort_keys=True)

        def validator(result) -> bool:
            return isinstance(result, gl.vm.Return) and result.calldata == leader()

        self.name = gl.eq_principle.strict_eq(leader)
        self.name = gl.eq_principle.prompt_comparative(leader, "the same meaning")
        return gl.vm.run_nondet_unsafe(leader, validator)

    @gl.public.write
    def refuse(self) -> None:
        raise gl.vm.UserError("no")

    @gl.public.view
    def other(self, address: str) -> int:
        return gl.get_contract_at(Address(address)).view().total()
'''


class _NoRefusal(Exception):
    value = 0


def _ok(value):
    return calldata.encode({"ok": value})


def _returned(value):
    return b"\0" + calldata.encode(value)


_ANSWERS = {
    "ExecPrompt": _ok({"answer": "yes", "score": 1}),
    "ExecPromptTemplate": _ok(True),
    "WebRender": _ok({"text": "page"}),
    "WebRequest": _ok({"response": {"status": 200, "headers": {}, "body": b"{}"}}),
    "RunNondet": _returned("yes"),
    "Sandbox": _returned(True),
    "CallContract": _returned(1),
}


class _Node:
    """Slots of bytes; maps without order."""

    def __init__(self):
        self._slots = {}
        self._maps = {}
        self.pickles = {}

    def storage_read(self, slot, offset, length):
        part = bytes(self._slots.get(slot, b"")[offset : offset + length])
        return part.ljust(length, b"\0")

    def storage_write(self, slot, offset, data):
        cell = self._slots.setdefault(slot, bytearray())
        cell.extend(bytes(max(0, offset + len(data) - len(cell))))
        cell[offset : offset + len(data)] = data

    def balance_of(self, _address):
        return (10**18).to_bytes(32, "little")

    def self_balance(self):
        return (10**18).to_bytes(32, "little")

    def keccak256(self, data):
        return bytes(data[:32]).ljust(32, b"\1")

    def log(self, _fd, _data):
        pass

    def gl_call(self, request):
        ((name, fields),) = calldata.decode(request).items()
        if name in ("RunNondet", "Sandbox"):
            self.pickles.update(fields)
        return _ANSWERS.get(name)

    def blob_read(self, slot, offset):
        return self._maps.get((slot, offset), b"")

    def blob_write(self, slot, offset, data):
        self._maps[slot, offset] = data

    def _map(self, slot, offset):
        return self._maps.setdefault((slot, offset), {})

    def map_find(self, slot, offset, _order, _value, key):
        return int(key in self._map(slot, offset))

    def map_get(self, slot, offset, _order, _value, key, _form):
        return self._map(slot, offset).get(key)

    def map_put(self, slot, offset, _order, _value, key, _form, data):
        self._map(slot, offset)[key] = data

    def map_insert(self, slot, offset, _order, value, key):
        self._map(slot, offset).setdefault(key, bytes(value))
        return 1

    def map_remove(self, slot, offset, _order, _value, key):
        return self._map(slot, offset).pop(key, None) is not None

    def map_scan(self, slot, offset, *_rest):
        return [(1, key, data) for key, data in sorted(self._map(slot, offset).items())], False


def _invocation(kind, call, data=b"", stage=None, value=0, is_init=False):
    fields = {
        "contract_address": bytes(20),
        "sender_address": b"\1" * 20,
        "origin_address": b"\1" * 20,
        "signer_address": b"\1" * 20,
        "stack": [],
        "value": value,
        "chain_id": 1,
        "is_init": is_init,
        "datetime": "2024-11-26T06:42:42.424242Z",
        "entry_data": data,
        "entry_stage_data": stage,
    }
    return SimpleNamespace(
        sources=[],
        generation=2,
        entry_kind=kind,
        message=marshal.dumps(fields),
        call=marshal.dumps(call),
        seed=7,
    )


_CALLS = [
    (0, {"args": ["shop"]}, True),
    (0, {"method": "put", "args": ["a", 5]}, False),
    (0, {"method": "put", "kwargs": {"key": "b", "amount": 7}}, False),
    (0, {"method": "get", "args": ["a"]}, False),
    (0, {"method": "get", "args": ["c"]}, False),
    (0, {"method": "summary"}, False),
    (0, {"method": "total"}, False),
    (0, {"method": "pay", "args": ["0x" + "11" * 20]}, False),
    (0, {"method": "ask", "args": ["is it?"]}, False),
    (0, {"method": "refuse"}, False),
    (0, {"method": "other", "args": ["0x" + "11" * 20]}, False),
    (0, {"method": "missing"}, False),
    (0, {"method": "#get-schema"}, False),
]


_ENDINGS = {"refuse": "Outcome_UserError", "missing": "Outcome_Exited"}


def _check(call, outcome):
    """The warm-up is worth something only if it does what contracts do."""
    if type(outcome).__name__ != _ENDINGS.get(call.get("method"), "Outcome_Returned"):
        raise RuntimeError(f"{call} of the warm-up ended in {outcome}")


def warm(run, load):
    """Runs the contract by `run(invocation)`, after `load(sources, generation)`."""
    kinds = dict(_kinds._KINDS)
    for _ in range(_ROUNDS):
        node = _Node()
        _host.install(node, _NoRefusal)
        code = importer.compile_module("contract", _CONTRACT.encode())
        source = SimpleNamespace(name="contract", is_package=False, code=code, compiled=True)
        load([source], 2)
        for kind, call, is_init in _CALLS:
            value = 1 if call.get("method") == "pay" else 0
            _check(call, run(_invocation(kind, call, value=value, is_init=is_init)))
        leader, validator = node.pickles["data_leader"], node.pickles["data_validator"]
        stage = {"leaders_result": _returned("yes")}
        for data, given in ((leader, None), (validator, stage)):
            _check({}, run(_invocation(2, None, data=data, stage=given)))
        forget(kinds)


def forget(kinds):
    """Takes everything of the contract away."""
    sys.modules.pop("contract", None)
    _contract._KNOWN = None
    importer.SOURCES.clear()
    importer.TEXTS.clear()
    linecache.clearcache()
    _kinds._KINDS.clear()
    _kinds._KINDS.update(kinds)
    _slots.forget()
    _message.empty()
    Root.BASE = 0
    atexit._clear()
    random.seed(0)
    for clear in typing._cleanups:
        clear()
    gc.collect()
    left = [kind for kind in gc.get_objects() if isinstance(kind, type) and kind.__module__ == "contract"]
    if left:
        raise RuntimeError(f"the image would keep classes of the warm-up: {left}")
