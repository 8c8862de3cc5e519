# v0.2.16
# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import hashlib
import json
import typing
from dataclasses import dataclass

from genlayer import *

VERDICTS = ("UPHELD", "DISMISSED")


@allow_storage
@dataclass
class Source:
    url: str
    digest: bytes


def run_nondet(leader, validator):
    fn = (
        getattr(gl.vm, "run_nondet_default", None)
        or getattr(gl.vm, "run_nondet", None)
        or gl.vm.run_nondet_unsafe
    )
    return fn(leader, validator)


def parse(raw: typing.Any) -> dict:
    text = str(raw).replace("```json", "").replace("```", "").strip()
    start, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[start : end + 1]) if 0 <= start < end else {}
    except (ValueError, TypeError):
        found = {}
    return found if isinstance(found, dict) else {}


class Judge(gl.Contract):
    sources: DynArray[Source]
    verdict: str
    score: u256

    def __init__(self):
        self.sources.append(Source("https://example.org/a", hashlib.sha256(b"body").digest()))
        self.sources.append(Source("https://example.org/b", b""))

    @gl.public.write
    def judge(self, case: str) -> dict:
        def leader_fn():
            answer = gl.nondet.exec_prompt(f"judge {case}", response_format="json")
            if not isinstance(answer, dict):
                raise gl.vm.UserError("no object")
            verdict = str(answer.get("verdict", "")).strip().upper()
            return {"verdict": verdict if verdict in VERDICTS else "NONE", "score": int(float(answer.get("score", 0)))}

        def validator_fn(leader_result: gl.vm.Result) -> bool:
            if not isinstance(leader_result, gl.vm.Return):
                return False
            theirs, mine = leader_result.calldata, leader_fn()
            return (
                type(theirs) is dict
                and set(theirs.keys()) == {"verdict", "score"}
                and theirs["verdict"] == mine["verdict"]
                and abs(int(theirs["score"]) - int(mine["score"])) <= 10
            )

        result = gl.vm.run_nondet_unsafe(leader_fn, validator_fn)
        self.verdict, self.score = result["verdict"], u256(result["score"])
        return result

    @gl.public.write
    def gather(self) -> list:
        kept = [gl.storage.copy_to_memory(source) for source in self.sources]

        def probe() -> str:
            rows = []
            for source in kept:
                try:
                    response = gl.nondet.web.request(source.url, method="GET", headers={"Accept": "text/plain"})
                    body = response.body or b""
                    status = getattr(response, "status_code", None)
                    if status is None:
                        status = getattr(response, "status", 0)
                    same = hashlib.sha256(body).digest() == source.digest
                    rows.append([int(status), body.decode("utf-8", errors="replace")[:10], same])
                except TimeoutError:
                    rows.append("timeout")
                except Exception:
                    rows.append("failed")
            return json.dumps(rows)

        return json.loads(gl.eq_principle.strict_eq(probe))

    @gl.public.write
    def look(self, url: str) -> str:
        def leader():
            shot = gl.nondet.web.render(url, mode="screenshot", wait_after_loaded="1s")
            if isinstance(shot, str):
                shot = shot.encode("utf-8")
            return parse(gl.nondet.exec_prompt("what is seen", images=[shot]))

        return run_nondet(leader, lambda result: isinstance(result, gl.vm.Return))["seen"]

    @gl.public.write
    def again(self) -> dict:
        def leader() -> str:
            return json.dumps({"price": 3}, sort_keys=True)

        def validator(result) -> bool:
            mine = gl.vm.spawn_sandbox(leader)
            return isinstance(mine, gl.vm.Return) and mine.calldata == result.calldata

        return json.loads(run_nondet(leader, validator))

    @gl.public.write
    def by_principle(self) -> str:
        def answer() -> typing.Any:
            page = gl.nondet.web.render("https://example.org/terms", mode="text")[:400]
            return gl.nondet.exec_prompt(f"answer {page}").strip()

        return gl.eq_principle.prompt_comparative(answer, principle="both agree")

    @gl.public.write
    def old_names(self) -> str:
        def run():
            page = gl.get_webpage("https://example.org/old", mode="text")
            return gl.exec_prompt("old " + page)

        return gl.eq_principle_strict_eq(run)

    @gl.public.write
    def old_non_comparative(self) -> str:
        return gl.eq_principles.eq_principle_prompt_non_comparative(
            lambda: "67423 dollars", task="the number", criteria="a number"
        )
