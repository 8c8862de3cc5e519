"""Forms of a model's answer: text and JSON, and the types that contracts ask for."""

import json
import re

_NUMBER = re.compile(r"-?\d+")
_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0"}


def _integer(text):
    found = _NUMBER.search(text.replace(",", "").replace("_", ""))
    if found is None:
        raise ValueError(f"the model was asked for a whole number and answered {text!r}")
    return int(found.group())


def _boolean(text):
    words = re.findall(r"[a-z0-9]+", text.lower())
    said = {word in _YES for word in words if word in _YES or word in _NO}
    if len(said) != 1:
        raise ValueError(f"the model was asked for true or false and answered {text!r}")
    return said.pop()


def _with_fractions(answer):
    """A JSON answer; text of it, from nodes that give it, keeps the fractions."""
    return json.loads(answer) if isinstance(answer, str) else answer


_FORMS = {
    "text": ("text", None),
    str: ("text", None),
    "json": ("json", None),
    "json_object": ("json", None),
    "json_text": ("json_text", None),
    dict: ("json", None),
    int: ("text", _integer),
    "int": ("text", _integer),
    bool: ("text", _boolean),
    "bool": ("text", _boolean),
}


def of(response_format, fractions):
    """What to ask the node for, and how its answer is read (None: as it is)."""
    try:
        wanted, read = _FORMS[response_format]
    except (KeyError, TypeError):
        raise ValueError(
            f'`exec_prompt`: `response_format` is "text" or "json", not {response_format!r}'
        ) from None
    if fractions and wanted == "json":
        return "json_text", _with_fractions
    return wanted, read
