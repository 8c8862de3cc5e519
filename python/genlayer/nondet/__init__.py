"""The outside world, under the third generation's name.

# Invariants
- JSON answers keep their fractions; in `genlayer.gl.nondet` these arrive as text.
"""

from .. import _suggest
from ..gl._internal.gl_call import lazy_api
from ..gl.nondet import Image, NondetException, ask_model, extract, fetch_url, quorum, text  # noqa: F401
from . import web


@lazy_api
def exec_prompt(prompt, *, response_format="text", images=None, schema=None, **_ignored):
    """Asks a language model; `response_format="json"` gives a dict, `schema=` a dict of that shape."""
    if isinstance(prompt, str) and not prompt.strip():
        raise NondetException(["EMPTY_PROMPT"], {})
    return ask_model(prompt, response_format, images, fractions=True, schema=schema)


__getattr__ = _suggest.of_module(__name__, _suggest.NONDET, "gl.nondet.")

__all__ = ["Image", "NondetException", "exec_prompt", "extract", "quorum", "text", "web"]
