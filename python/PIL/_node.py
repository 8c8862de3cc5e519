"""What the node does for pictures: reading and writing files, other sizes, other colours.

# Invariants
- The answer depends on the request alone, so every validator gets the same pixels.
"""

from genlayer import _host
from genlayer.py import calldata

from . import UnidentifiedImageError


class DecompressionBombError(Exception):
    """The picture is larger than the node decodes."""


_ERRORS = {"unknown": UnidentifiedImageError, "too_large": DecompressionBombError}


def ask(op, **fields):
    """One request; refusals are the exceptions that Pillow raises."""
    answer = calldata.decode(_host.gl_call(calldata.encode({"VenireImage": {"op": op, **fields}})))
    error = answer.get("error")
    if error is not None:
        raise _ERRORS.get(error["code"], OSError)(error["message"])
    return answer["ok"]


def change(op, image, **fields):
    """One request about the pixels of an image."""
    width, height = image.size
    return ask(op, mode=image.mode, width=width, height=height, pixels=bytes(image._data), **fields)
