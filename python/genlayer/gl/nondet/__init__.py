"""The outside world: language models and the web. Only inside of non-deterministic blocks."""

from .._internal.gl_call import gl_call_generic, lazy_api
from ._answer import Image, NondetException, _decode_nondet
from . import web

_JSON_TYPES = (dict, "json_object")


@lazy_api
def exec_prompt(prompt, *, response_format="text", images=None, **_ignored):
    """Asks a language model; `response_format="json"` gives a dict."""
    if response_format in _JSON_TYPES:
        response_format = "json"
    request = {
        "ExecPrompt": {
            "prompt": prompt,
            "response_format": response_format,
            "images": [_image_bytes(image) for image in images or ()],
        }
    }
    return gl_call_generic(request, _decode_nondet)


def _image_bytes(image):
    return image.raw if isinstance(image, Image) else image


__all__ = ["Image", "exec_prompt", "web"]
