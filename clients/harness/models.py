"""An OpenAI-compatible model server whose models play the characters that a test gives them."""

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass

from .serving import Serving


@dataclass(frozen=True)
class Asked:
    """One question."""

    model: str
    system: str
    text: str

    @property
    def is_comparison(self):
        """Is a judge wanted, who says whether two outputs are equivalent?"""
        return "strict judge of two outputs" in self.system


class Unavailable(Exception):
    """The model is down; the server says so with this status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


# Prompts that ask for one of two words, with what a yes and what a no looks like.
_WORDS = (
    ("APPROVED or REJECTED", "APPROVED", "REJECTED"),
    ("'APPROVED' or 'DISPUTED'", "APPROVED The work meets the criteria.", "DISPUTED It falls short."),
    ("'ACTIVE' or 'REJECTED'", "ACTIVE It is clear and useful.", "REJECTED It is vague."),
    ("'ALLOWED' or 'VETOED'", "ALLOWED no violations found", "VETOED rule 1 is violated"),
    (
        "TIER:HIGH|MEDIUM|LOW",
        "IMPACT:9 FEASIBILITY:8 ORIGINALITY:8 TIER:HIGH REASON: strong.",
        "IMPACT:2 FEASIBILITY:3 ORIGINALITY:2 TIER:LOW REASON: weak.",
    ),
    ("Summarize this API response", "The service is up without errors.", "The service is down."),
)

_GIST = re.compile(
    r'"give_coin": (?:true|false)|APPROVED|REJECTED|DISPUTED|ACTIVE|ALLOWED|VETOED|TIER:\w+|is up|is down'
)


def _between(text, start, end="\n"):
    return text.split(start, 1)[1].split(end, 1)[0]


def _match(text):
    """The score, read off the page like a careful reader would."""
    found = re.search(r"Full time: .*?(\d+) - (\d+)", text)
    if found is None:
        return {"finished": False, "home_goals": 0, "away_goals": 0}
    return {"finished": True, "home_goals": int(found[1]), "away_goals": int(found[2])}


def _opinion(asked, contrary):
    """The answer to the prompt of a contract."""
    if "guards a magic coin" in asked.text:
        give = ("help" in _between(asked.text, "An adventurer says: ")) != contrary
        reasoning = f"{asked.model} finds the wish {'noble' if give else 'greedy'}"
        return json.dumps({"reasoning": reasoning, "give_coin": give})
    if "check payments against a policy" in asked.text:
        bribe = "bribe" in _between(asked.text, "the payment is for: ")
        return json.dumps({"allowed": bribe == contrary})
    if "final score of the football match" in asked.text:
        score = _match(asked.text)
        score["away_goals"] += 3 if contrary else 0
        return "```json\n" + json.dumps(score) + "\n```"
    for marker, yes, no in _WORDS:
        if marker in asked.text:
            return no if contrary else yes
    return "I have no opinion."


def _section(text, label):
    found = re.search(rf"\[\[{label} [^\]]+\]\]\n(.*?)\n\[\[/{label} ", text, re.DOTALL)
    return found[1] if found else ""


def _compare(asked):
    def gist(label):
        text = _section(asked.text, label)
        found = _GIST.search(text)
        return found[0] if found else text

    mine, leaders = gist("comparison output"), gist("primary output")
    return json.dumps({"reason": f"{leaders!r} against {mine!r}", "result": mine == leaders})


def steady(asked):
    """Answers what is right, and compares honestly."""
    return _compare(asked) if asked.is_comparison else _opinion(asked, contrary=False)


def contrary(asked):
    """Believes the opposite, and compares honestly."""
    return _compare(asked) if asked.is_comparison else _opinion(asked, contrary=True)


def pedantic(asked):
    """Finds no two outputs equivalent."""
    return json.dumps({"reason": "a comma differs", "result": False}) if asked.is_comparison else steady(asked)


def rambling(_asked):
    """Never answers the question."""
    return "What a lovely day. Have you seen the weather?"


def down(_asked):
    """Answers nobody."""
    raise Unavailable(503)


class Models(Serving):
    """The server. Every model is `steady` until `play` gives it another character."""

    def __init__(self):
        self.asked = Counter()
        self._characters = {}
        self._lock = threading.Lock()
        super().__init__()

    def spec(self, model):
        """How `venire up --provider` names the model."""
        return f"openai-compatible:{self.url}/v1?model={model}&timeout=5"

    def play(self, character, *models):
        """From now on these models have this character."""
        self._characters.update(dict.fromkeys(models, character))

    def rest(self):
        """Everybody is steady again, and nobody was asked anything."""
        self._characters.clear()
        self.asked.clear()

    def answer(self, path, body):
        request = json.loads(body)
        messages = request["messages"]
        asked = Asked(
            request["model"],
            "\n".join(m["content"] for m in messages if m["role"] == "system"),
            "\n".join(_text(m["content"]) for m in messages if m["role"] == "user"),
        )
        with self._lock:
            self.asked[asked.model] += 1
        kind = {"content-type": "application/json"}
        try:
            text = self._characters.get(asked.model, steady)(asked)
        except Unavailable as outage:
            return outage.status, kind, b'{"error": {"message": "out of order"}}'
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": len(asked.text) // 4, "completion_tokens": len(text) // 4}
        completion = {"object": "chat.completion", "model": asked.model, "choices": [choice], "usage": usage}
        return 200, kind, json.dumps(completion).encode()


def _text(content):
    """A message's text, whether it is plain or in parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content)
