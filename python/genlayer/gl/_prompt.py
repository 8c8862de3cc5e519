"""Prompts that keep apart what the contract says and what somebody else wrote.

# Invariants
- Text given as a value is material: only numbers, true and false stand among the words. A value is put
  in once and never searched for further fields.

# Not here
- How material is shown to a model: that is up to each validator's node.
"""

import string

_LABEL = "material"


class Untrusted:
    """Text somebody else wrote, with a label that says what it is."""

    __slots__ = ("text", "label")

    def __init__(self, text, label=None):
        if not isinstance(text, str):
            raise TypeError(f"`gl.untrusted`: `text` must be text, not {type(text).__name__}")
        if label is not None and not isinstance(label, str):
            raise TypeError(f"`gl.untrusted`: `label` must be text, not {type(label).__name__}")
        # A page that came with its response is plain text here.
        self.text = str(text)
        self.label = label

    def __reduce__(self):
        return (Untrusted, (self.text, self.label))

    def __eq__(self, other):
        return isinstance(other, Untrusted) and (self.text, self.label) == (other.text, other.label)

    def __hash__(self):
        return hash((self.text, self.label))

    def __repr__(self):
        return f"Untrusted({len(self.text)} characters, label={self.label!r})"

    def __str__(self):
        raise TypeError(
            "untrusted text is not joined to other text; write "
            "`gl.prompt(\"Is {page} about cats?\", page=gl.untrusted(text))`"
        )

    def __format__(self, _spec):
        return str(self)


class Prompt:
    """Words and material, in order. Each method adds a piece and returns the prompt."""

    __slots__ = ("_parts",)

    def __init__(self, parts=()):
        self._parts = list(parts)

    def words(self, text):
        """Adds words of the contract."""
        if isinstance(text, Untrusted):
            raise TypeError("`Prompt.words`: untrusted text is no words; use `.data(text)`")
        if not isinstance(text, str):
            raise TypeError(f"`Prompt.words`: `text` must be text, not {type(text).__name__}")
        if self._parts and isinstance(self._parts[-1], str):
            self._parts[-1] += text
        elif text:
            self._parts.append(text)
        return self

    def data(self, text, label=None):
        """Adds material: text somebody else wrote."""
        piece = text if isinstance(text, Untrusted) else Untrusted(text)
        self._parts.append({"label": label or piece.label or _LABEL, "text": piece.text})
        return self

    @property
    def parts(self):
        """What a node gets: words are text, material is a map of `label` and `text`."""
        return list(self._parts)

    def __reduce__(self):
        return (Prompt, (self._parts,))

    def __eq__(self, other):
        return isinstance(other, Prompt) and self._parts == other._parts

    __hash__ = None

    def __repr__(self):
        pieces = (repr(part) if isinstance(part, str) else f"<{part['label']}>" for part in self._parts)
        return f"Prompt({', '.join(pieces)})"


def untrusted(text, label=None):
    """Text somebody else wrote: a page, an argument, what was stored before."""
    return Untrusted(text, label)


def prompt(template="", /, **values):
    """A prompt: `gl.prompt("Is {page} about {topic}?", page=text, topic="cats")`.

    Values that are text become material with the field's name as label; numbers become words.
    """
    made = Prompt()
    if not isinstance(template, str):
        raise TypeError(f"`gl.prompt`: the template must be text, not {type(template).__name__}")
    used = set()
    for words, field, spec, conversion in string.Formatter().parse(template):
        made.words(words)
        if field is None:
            continue
        if not field.isidentifier() or spec or conversion:
            raise ValueError(
                f"`gl.prompt`: a field is a plain name, such as `{{page}}`, not `{{{field}}}`; write `{{{{` for a brace"
            )
        if field not in values:
            raise TypeError(f"`gl.prompt`: the field `{{{field}}}` has no value: give `{field}=...`")
        used.add(field)
        _add(made, field, values[field])
    unused = sorted(set(values) - used)
    if unused:
        raise TypeError(f"`gl.prompt`: `{unused[0]}` is no field of the template: write `{{{unused[0]}}}` into it")
    return made


def _add(made, field, value):
    if isinstance(value, (str, Untrusted)):
        label = value.label if isinstance(value, Untrusted) else None
        made.data(value, label or field.replace("_", " "))
    elif isinstance(value, int):
        made.words(str(value).lower() if isinstance(value, bool) else str(int(value)))
    else:
        raise TypeError(
            f"`gl.prompt`: `{field}` is text or a whole number, not {type(value).__name__}; write `json.dumps(...)` "
            "or `str(...)`"
        )
