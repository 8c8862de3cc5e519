"""Facts read out of material: a model reports, the node checks, the contract decides.

# Invariants
- A value comes with the words of the material that state it; the node has found these words there.
- `values` is plain calldata, so that a block can return it and validators can compare it.
"""

from ...py.calldata import CalldataEncodable
from .._prompt import Untrusted
from . import _schema
from ._answer import NondetException


class Extracted(CalldataEncodable):
    """What was found: fields as attributes in their types, `values` plain, `evidence` the words."""

    def __init__(self, values, evidence, readers, names):
        self.values = values
        self.evidence = evidence
        self._readers = readers
        self._names = names

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._names:
            known = ", ".join(self.__dict__.get("_names", ()))
            raise AttributeError(f"the schema has no field `{name}`; it has {known}")
        value = self.values.get(name)
        reader = self._readers.get(name)
        return value if value is None or reader is None else reader(value)

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(name)
        return getattr(self, name)

    def __contains__(self, name):
        return name in self.values

    def __eq__(self, other):
        return isinstance(other, Extracted) and self.values == other.values

    __hash__ = None

    def __reduce__(self):
        return (Extracted, (self.values, self.evidence, self._readers, self._names))

    def __repr__(self):
        return f"Extracted({self.values!r})"

    def __to_calldata__(self):
        return self.values


def request(schema, task, source, sources):
    """`(request, reader of its answer)`."""
    if not isinstance(task, str) or not task.strip():
        raise TypeError("`extract`: `task` says in words what to look for, e.g. task=\"The result of the match.\"")
    written, readers = _schema.of(schema, "extract")
    names = tuple(written["properties"])
    fields = {"task": task, "schema": _schema.as_text(written), "sources": _labelled(source, sources)}

    def read(answer):
        return Extracted(answer["values"], answer["evidence"], readers, names)

    return {"Extract": fields}, read


def _labelled(source, sources):
    if (source is None) == (sources is None):
        raise TypeError("`extract`: give one `source=text`, or several `sources={label: text}`")
    if source is not None:
        return [_one("source", source)]
    if isinstance(sources, dict):
        items = list(sources.items())
    elif isinstance(sources, (str, bytes, Untrusted)):
        raise TypeError("`extract`: `sources` is a dict or a list of texts; write `source=` for a single one")
    else:
        items = [(f"source {number}", text) for number, text in enumerate(sources, 1)]
    if not items:
        raise TypeError("`extract`: `sources` is empty")
    return [_one(label, text) for label, text in items]


def _one(label, text):
    if isinstance(text, Untrusted):
        return {"label": text.label or label, "text": text.text}
    if not isinstance(text, str):
        hint = "; write `response.text`" if hasattr(text, "status_code") else ""
        raise TypeError(f"`extract`: a source is text, not {type(text).__name__}{hint}")
    if not isinstance(label, str):
        raise TypeError(f"`extract`: labels of sources are text, not {type(label).__name__}")
    return {"label": label, "text": str(text)}


def quorum(ask, sources, *, at_least):
    """The answer that at least so many of several sources agree on.

    `ask` is called with each source. One that fails with a `NondetException` has no say. URLs have to be of
    different sites.
    """
    sources = list(sources)
    if not isinstance(at_least, int) or isinstance(at_least, bool) or not 1 <= at_least <= len(sources):
        raise ValueError(f"`quorum`: `at_least` is from 1 to the number of sources ({len(sources)}), not {at_least!r}")
    if 2 * at_least <= len(sources):
        raise ValueError(
            f"`quorum`: `at_least={at_least}` of {len(sources)} sources could be two different answers; take more than half"
        )
    _different_sites(sources)
    answers, failed = [], []
    for source in sources:
        try:
            answers.append(_plain(ask(source)))
        except NondetException as error:
            failed.extend(error.causes[:1])
    for answer in answers:
        if sum(_same(answer, other) for other in answers) >= at_least:
            return answer
    code = "QUORUM_MISSING" if len(answers) < at_least else "QUORUM_CONFLICT"
    raise NondetException([code], {"at_least": at_least, "answered": len(answers), "failed": failed})


def _plain(answer):
    return answer.values if isinstance(answer, Extracted) else answer


def _same(one, other):
    return type(one) is type(other) and one == other


def _different_sites(sources):
    seen = {}
    for source in sources:
        if not isinstance(source, str) or "://" not in source:
            continue
        site = _site(source)
        if site in seen:
            raise ValueError(
                f"`quorum`: {source!r} and {seen[site]!r} are of one site; sources that agree should not have one owner"
            )
        seen[site] = source


def _site(url):
    """The part of a host that one owner has: two labels, three where the last two are like `co.uk`."""
    from urllib.parse import urlsplit

    host = (urlsplit(url).hostname or url).rstrip(".")
    labels = host.split(".")
    if all(label.isdigit() for label in labels):
        return host
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if short else labels[-2:])
