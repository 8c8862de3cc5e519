"""The outside world: language models and the web. Only inside of non-deterministic blocks."""

from ... import _generation, _suggest
from .._internal.gl_call import gl_call_generic, lazy_api
from . import _formats, web
from ._answer import Image, NondetException, _decode_nondet, prompt_images


def ask_model(prompt, response_format, images, *, fractions=False):
    """The request behind `exec_prompt`; `fractions` keeps a JSON answer's fractions as floats."""
    if not isinstance(prompt, str):
        raise TypeError(f"`exec_prompt`: `prompt` must be text, not {type(prompt).__name__}")
    wanted, read = _formats.of(response_format, fractions)
    request = {
        "ExecPrompt": {
            "prompt": prompt,
            "response_format": wanted,
            "images": prompt_images(_several(images)),
        }
    }
    if read is None:
        return gl_call_generic(request, _decode_nondet)
    return gl_call_generic(request, lambda data: read(_decode_nondet(data)))


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
def exec_prompt(prompt, *, response_format="text", images=None, **_ignored):
    """Asks a language model; `response_format="json"` gives a dict."""
    return ask_model(prompt, response_format, images)


@lazy_api
def first_exec_prompt(prompt, *, response_format="text", images=None, **_ignored):
    """`gl.exec_prompt`: what v0.0.x knew by this name gives text, also of JSON."""
    if _generation.number == 0 and response_format == "json":
        response_format = "json_text"
    return ask_model(prompt, response_format, images)


__getattr__ = _suggest.of_module(__name__, _suggest.NONDET, "gl.nondet.")

__all__ = ["Image", "exec_prompt", "web"]
