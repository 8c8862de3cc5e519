"""The part of Pillow that contracts use: pictures as pixels, with the node doing the heavy work.

# Not here
- Drawing, fonts, filters, metadata and every module but `Image`; the book's page lists the rest.
"""

__version__ = "11.3.0"

_MISSING = """
ExifTags ImageChops ImageColor ImageDraw ImageEnhance ImageFile ImageFilter ImageFont ImageGrab
ImageOps ImageSequence ImageStat ImageTk
""".split()


class UnidentifiedImageError(OSError):
    """The bytes are not a picture of a known format."""


def missing(where, name):
    """The error for a name that this subset does not have."""
    if name.startswith("__"):
        return AttributeError(f"module '{where}' has no attribute '{name}'")
    return AttributeError(
        f"`{where}.{name}` is not part of Pillow on this network; the page on numpy and Pillow in "
        "the book lists what is"
    )


def __getattr__(name):
    if name in _MISSING:
        raise missing("PIL", name)
    raise AttributeError(f"module 'PIL' has no attribute '{name}'")


from . import Image  # noqa: E402

__all__ = ["Image", "UnidentifiedImageError"]
