# {
#   "Seq": [
#     { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" },
#     { "Depends": "py-lib-genlayer-embeddings:0bmbm3cyfwxsyh454z53vxqjf47wz2q7smcqp1q4g4a6k2kidnyk" }
#   ]
# }
"""The libraries may stand behind the package."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import urlparse
import base64, hashlib, json, re, time, typing

from genlayer import *

DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
SHORTENERS = frozenset({"bit.ly", "t.co"})
chain_abi = gl.evm


class Opened(gl.Event):
    def __init__(self, number: u256, who: Address, /, **blob): ...


class Closed(gl.Event):
    """Told when a case is over."""

    def __init__(
        self,
        name: str,
        amount: u256,
        /,
    ):
        pass


@gl.contract_interface
class IThing:
    class View:
        def get(self, number: u256) -> dict: ...
        def many(self, urls: list, most: int) -> bool: ...

    class Write:
        def put(self, name: str, steps: list[str]) -> u256: ...


def canonical(value) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fail(code: str) -> typing.NoReturn:
    raise gl.vm.UserError(f"[EXPECTED] {code}")


def as_address(value: typing.Any) -> Address:
    if isinstance(value, Address):
        return value
    if isinstance(value, int):
        return Address("0x" + format(value, "040x"))
    try:
        return Address(str(value).strip())
    except Exception:
        fail("not an address")


def clamp(raw, top):
    try:
        number = int(float(raw))
    except (ValueError, TypeError):
        number = 0
    return max(0, min(top, number))


class Values(gl.Contract):
    thing: Address

    def __init__(self):
        self.thing = gl.message.sender_address

    @gl.public.view
    def times(self) -> list:
        raw = gl.message_raw["datetime"]
        moment = datetime.fromisoformat(raw)
        stamps = {
            int(moment.timestamp()),
            int(datetime.fromisoformat(str(raw).replace("Z", "+00:00")).timestamp()),
            int(datetime.strptime(raw, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc).timestamp()),
            int(datetime.now(timezone.utc).timestamp()),
            int(time.time()),
        }
        week = moment + timedelta(days=7)
        return [len(stamps), week.date().isoformat(), datetime.fromtimestamp(min(stamps), tz=timezone.utc).isoformat()]

    @gl.public.view
    def addresses(self) -> list:
        who = gl.message.sender_address
        return [
            as_address(who) == as_address(str(who)) == as_address(int(who.as_hex, 16)),
            f"{who}", format(who, "x"), who.as_hex.lower()[:6], str(Address(who.as_b64)),
            hash(who) == hash(Address(who.as_bytes)),
        ]

    @gl.public.view
    def not_an_address(self):
        as_address("nobody")

    @gl.public.view
    def texts(self, checks: list[str], custom: list) -> dict[str, typing.Any]:
        host = urlparse("https://A.bit.ly:80/x?y=1").netloc.lower().split(":")[0]
        return {
            "checks": sorted(set(str(check) for check in checks)),
            "custom": len(custom),
            "host": any(host == one or host.endswith("." + one) for one in SHORTENERS),
            "day": DAY.fullmatch("2026-01-01") is not None,
            "digest": hashlib.sha256(canonical({"b": 1, "a": "é"}).encode("utf-8")).hexdigest()[:12],
            "base": base64.b64encode(b"abc").decode("ascii"),
            "clamped": [clamp("7.9", 5), clamp("x", 5), clamp(None, 5), clamp(-1, 5)],
            "joined": chr(10).join(["a", "b"]),
            "pair": (1, 2),
        }

    @gl.public.write
    def events(self) -> None:
        Opened(u256(1), gl.message.sender_address, note="n").emit()
        Closed("x", u256(2)).emit()

    @gl.public.write
    def bridge_payload(self, job: int) -> str:
        digest = Keccak256(b"why").digest()
        inner = chain_abi.MethodEncoder("", [u256, u8, chain_abi.bytes32, str], bool)
        data = inner.encode_call([u256(int(job)), u8(2), digest, "why"])[4:]
        outer = chain_abi.MethodEncoder("", (Address, bytes), bool)
        return outer.encode_call([Address("0x" + "11" * 20), data])[4:].hex()

    @gl.public.write
    def sends(self):
        IThing(self.thing).emit(on="accepted").put("n", ["a"])
        other = gl.get_contract_at(self.thing)
        other.emit(value=u256(1), on="finalized").deposit()
        other.emit_transfer(value=u256(2))
        _Payee(self.thing).emit_transfer(value=u256(3))

    @gl.public.write
    def deploys(self) -> Address:
        source = "# nothing"
        return gl.deploy_contract(
            code=source.encode("utf-8"), args=[gl.message.contract_address, "h", 3], salt_nonce=u256(1), on="accepted"
        )

    @gl.public.write.min_gas(leader=200, validator=100).payable
    def stake(self, number: u256) -> str:
        if gl.message.value == u256(0):
            raise gl.advanced.user_error_immediate("nothing was staked")
        assert int(gl.message.value) >= number, "too little"
        return str(gl.message.value)


@gl.evm.contract_interface
class _Payee:
    class View:
        pass

    class Write:
        pass
