# v0.2.16
# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
"""Ways of keeping data that public contracts share, in contracts of our own words."""

from dataclasses import dataclass, field

from genlayer import *

NOBODY = Address("0x0000000000000000000000000000000000000000")
LOWEST = u256(10**16)
OPEN = u8(0)


@allow_storage
@dataclass
class Entry:
    at: str
    actor: Address
    number: u256

    def to_dict(self, who: str):
        return {"at": self.at, "who": who, "number": str(self.number)}


@allow_storage
@dataclass
class Watch:
    name: str
    owner: Address
    history: DynArray[Entry]
    checks: TreeMap[str, str]
    state: u8 = OPEN


@dataclass
@allow_storage
class Turned:
    """With the decorators the other way round."""

    rank: u8
    name: str = "x"


@allow_storage
@dataclass(kw_only=True)
class Tagged:
    rank: u8
    tags: DynArray[str] = field(default_factory=list)


@allow_storage
class Bare:
    company: str
    score: u256


class Ledger(gl.Contract):
    log: DynArray[Entry]
    watches: TreeMap[str, Watch]
    watchers: TreeMap[str, DynArray[Address]]
    claims: TreeMap[str, DynArray[str]]
    bare: DynArray[Bare]
    known: TreeMap[str, bool]
    by_number: TreeMap[u256, Entry]
    counts: TreeMap[Address, u256]
    nested: TreeMap[Address, TreeMap[str, u256]]
    rate: float
    total: bigint
    ids: DynArray[u256]
    names: DynArray[str]
    turned: DynArray[Turned]
    tagged: TreeMap[str, Tagged]
    deep: TreeMap[str, DynArray[TreeMap[str, u8]]]

    def __init__(self):
        self.known = gl.storage.inmem_allocate(TreeMap[str, bool])
        self.by_number = TreeMap()
        self.names = DynArray[str]()
        self.rate = 0.75
        self.total = bigint(0)

    @gl.public.write
    def watch(self, key: str) -> int:
        watchers = self.watchers.get(key, gl.storage.inmem_allocate(DynArray[Address]))
        for i in range(len(watchers)):
            if watchers[i] == gl.message.sender_address:
                return -1
        watchers.append(gl.message.sender_address)
        self.watchers[key] = watchers
        return len(self.watchers[key])

    @gl.public.write
    def rebuild(self, claim: str) -> list[str]:
        existing = self.claims.get("all", [])
        rebuilt = gl.storage.inmem_allocate(DynArray[str], [])
        for one in existing:
            rebuilt.append(one)
        rebuilt.append(claim)
        self.claims["all"] = rebuilt
        return list(self.claims["all"])

    @gl.public.write
    def records(self) -> list:
        self.watches["s"] = Watch(
            name="s",
            owner=gl.message.sender_address,
            history=gl.storage.inmem_allocate(DynArray[Entry], []),
            checks=gl.storage.inmem_allocate(TreeMap[str, str]),
        )
        one = self.watches["s"]
        one.history.append(Entry("now", gl.message.sender_address, u256(1)))
        one.checks["k"] = "v"
        self.watches["s"] = one
        self.watches["t"] = Watch("t", NOBODY, [], {}, u8(2))
        return [one.history[0].to_dict("me"), dict(one.checks), self.watches["t"].state, len(self.watches["t"].history)]

    @gl.public.write
    def bounded_log(self) -> list[int]:
        log = self.log
        for number in range(5):
            log.append(Entry(gl.message_raw["datetime"], gl.message.sender_address, u256(number)))
            while len(log) > 3:
                log.pop(0)
        self.log = log
        return [int(entry.number) for entry in self.log]

    @gl.public.write
    def field_by_field(self) -> list:
        one = Bare()
        one.company = "acme"
        one.score = u256(3)
        self.bare.append(one)
        self.bare[0].score += 1
        return [self.bare[0].company, self.bare[-1].score]

    @gl.public.write
    def counters(self) -> list:
        sender = gl.message.sender_address
        self.counts[sender] = u256(int(self.counts.get(sender, u256(0))) + 1)
        self.counts[sender] += u256(1)
        self.nested.get_or_insert_default(sender)["a"] = LOWEST
        self.total = self.total + bigint(self.counts[sender]) - 5
        self.ids += [u256(1), u256(2)]
        while len(self.ids) > 1:
            self.ids.pop()
        return [self.counts[sender], self.nested[sender].get("a"), self.total, list(self.ids), str(self.rate)]

    @gl.public.write
    def names_as_keys(self) -> list:
        sender = gl.message.sender_address
        for text in ("b", "a", "b"):
            if text not in self.names:
                self.names.append(text)
        self.known[sender.as_hex] = True
        self.known[f"{1}:{str(sender)}"] = True
        return [
            self.names.index("a"),
            self.known.get(str(sender).lower(), False),
            [key for key, value in self.known.items() if value],
            sorted(self.names, reverse=True),
            [self.names[i] for i in range(len(self.names) - 1, -1, -1)],
        ]

    @gl.public.write
    def given(self, sources: DynArray[str], table: dict[str, int], who: Address) -> list:
        copied = gl.storage.copy_to_memory(sources)
        text = gl.storage.copy_to_memory("plain")
        return [list(copied), text, sorted(table), who.as_hex]

    @gl.public.write
    def plain_python(self) -> list:
        self.loose: u256 = 4
        self.tagged["k"] = Tagged(rank=1)
        self.tagged["k"].tags.append("t")
        self.tagged["l"] = Tagged(rank=1, tags=["q", "r"])
        self.turned.extend([Turned(1), Turned(2, "y")])
        self.deep.get_or_insert_default("a").append_new_get()["z"] = 3
        first, *rest = self.turned
        for one in reversed(self.turned):
            one.rank += 10
        key, value = next(iter(self.tagged.items()))
        return [
            self.loose,
            [list(one.tags) for one in self.tagged.values()],
            self.turned[0] == Turned(11), Turned(12, "y") in self.turned,
            max(self.turned, key=lambda one: one.rank).name,
            [one.name for one in sorted(self.turned, key=lambda one: -one.rank)],
            [one.rank for one in self.turned], len(rest), first.rank,
            key, value.rank, bool(self.turned), bool(self.bare), str(self.deep),
        ]

    @gl.public.view
    def lost(self) -> bool:
        return hasattr(self, "loose")

    @gl.public.view
    def entry(self) -> Entry:
        return self.log[0]
