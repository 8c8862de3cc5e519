"""The outside world: language models and the web. Only inside of non-deterministic blocks."""

from ... import _generation, _suggest
from .._internal.gl_call import gl_call_generic, lazy_api
from .._prompt import Prompt
from . import _extract, _formats, _schema, web
from ._answer import Image, NondetException, _decode_nondet, prompt_images
from ._extract import quorum
from ._schema import text


def ask_model(prompt, response_format, images, *, fractions=False, schema=None):
    """The request behind `exec_prompt`; `fractions` keeps a JSON answer's fractions as floats."""
    fields, read = _asked(prompt), None
    if schema is None:
        fields["response_format"], read = _formats.of(response_format, fractions)
    elif response_format not in ("text", "json", dict):
        raise TypeError("`exec_prompt`: give `schema=` or `response_format=`, not both")
    else:
        fields["schema"] = _schema.as_text(_schema.of(schema, "exec_prompt")[0])
    fields["images"] = prompt_images(_several(images))
    request = {"ExecPrompt": fields}
    if read is None:
        return gl_call_generic(request, _decode_nondet)
    return gl_call_generic(request, lambda data: read(_decode_nondet(data)))


def _asked(prompt):
    """The request's field for a prompt."""
    if isinstance(prompt, Prompt):
        if not prompt.parts:
            raise NondetException(["EMPTY_PROMPT"], {})
        return {"parts": prompt.parts}
    if not isinstance(prompt, str):
        raise TypeError(f"`exec_prompt`: `prompt` must be text, not {type(prompt).__name__}")
    return {"prompt": prompt}


def _several(images):
    if images is None:
        return ()
    if isinstance(images, (bytes, bytearray, Image)):
        raise TypeError("`exec_prompt`: `images` must be a list of images: write `images=[image]`")
    return images


def fetch_url(url):
    """The body of a page as text, which also has what a `Response` has."""
    return web.Fetched(web.get(url))


@lazy_api
def exec_prompt(prompt, *, response_format="text", images=None, schema=None, **_ignored):
    """Asks a language model; `response_format="json"` gives a dict, `schema=` a dict of that shape.

    The prompt is text, or what `gl.prompt(...)` made.
    """
    return ask_model(prompt, response_format, images, schema=schema)


@lazy_api
def extract(schema, *, task, source=None, sources=None):
    """Facts that texts state, each with the words that state it: `extract({"home": int}, task=..., source=page)`.

    Raises a `NondetException` with `EXTRACT_MISSING` where a field is not stated, with `EXTRACT_CONFLICT`
    where the texts state two values.
    """
    request, read = _extract.request(schema, task, source, sources)
    return gl_call_generic(request, lambda data: read(_decode_nondet(data)))


@lazy_api
def first_exec_prompt(prompt, *, response_format="text", images=None, **_ignored):
    """`gl.exec_prompt`: what v0.0.x knew by this name gives text, also of JSON."""
    if _generation.number == 0 and response_format == "json":
        response_format = "json_text"
    return ask_model(prompt, response_format, images)


__getattr__ = _suggest.of_module(__name__, _suggest.NONDET, "gl.nondet.")

__all__ = ["Image", "exec_prompt", "extract", "quorum", "text", "web"]
