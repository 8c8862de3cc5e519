"""Answers of the outside world."""

import io

from ...py import calldata

#: What a cause means, for the sentence an uncaught error is reported with.
_MEANINGS = {
    "WEBPAGE_LOAD_FAILED": "the page could not be loaded",
    "MALFORMED_URL": "the address is not a URL",
    "SCHEMA_FORBIDDEN": "only http and https addresses are allowed",
    "PORT_FORBIDDEN": "only ports 80 and 443 are allowed",
    "TLD_FORBIDDEN": "only hosts of the public internet are allowed",
    "ADDRESS_FORBIDDEN": "the host is in a private network",
    "HOST_FORBIDDEN": "the host is not allowed",
    "SENDING_REQUEST": "the request could not be sent",
    "READING_BODY": "the answer could not be read",
    "STATUS_NOT_OK": "the site answered with an error status",
    "EMPTY_PROMPT": "the prompt is empty",
    "TOO_MANY_IMAGES": "more images than a prompt may have",
    "IMAGE_TOO_LARGE": "an image of the prompt is too large; make it smaller with `image.pil.thumbnail(...)`",
    "INVALID_IMAGE": "an image of the prompt is not a PNG, JPEG or WebP file",
    "PROMPT_TOO_LARGE": "the prompt is too large; shorten the page, for example `page[:20000]`",
    "INVALID_SCHEMA": "the schema cannot be checked",
    "EXTRACT_MISSING": "the sources do not state a field of the record in words that can be quoted",
    "EXTRACT_CONFLICT": "the sources state different values for a field",
    "QUORUM_MISSING": "not enough sources gave an answer",
    "QUORUM_CONFLICT": "not enough sources agree",
    "NO_PROVIDER_FOR_PROMPT": "no model could answer the prompt",
}
_SHOWN = 200


def _sentence(causes, ctx):
    first = causes[0] if causes else "UNKNOWN"
    text = _MEANINGS.get(first, "the outside world answered with an error")
    text += f" ({', '.join(map(str, causes))})" if causes else ""
    known = []
    if isinstance(ctx, dict):
        for name in ("url", "status", *sorted(set(ctx) - {"url", "status"})):
            if name in ctx:
                known.append(f"{name}: {_short(ctx[name])}")
    return text + (": " + ", ".join(known) if known else "")


def _short(value):
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


class NondetException(Exception):
    """The outside world answered with an error: `args[0]` is `{"causes": [...], "ctx": {...}}`."""

    def __init__(self, causes, ctx=None):
        if not isinstance(causes, dict):
            causes = {"causes": list(causes), "ctx": {} if ctx is None else ctx}
        super().__init__(causes)

    @property
    def causes(self):
        """Short codes, the innermost first."""
        return self.args[0].get("causes", [])

    @property
    def ctx(self):
        """What is known about it."""
        return self.args[0].get("ctx", {})

    def __str__(self):
        return _sentence(self.causes, self.ctx)


class Image:
    """A picture as the bytes of its file; `pil` is it as a Pillow image."""

    __slots__ = ("raw", "_pil")

    def __init__(self, raw, pil=None):
        self.raw = raw
        self._pil = pil

    @property
    def pil(self):
        """The picture as a Pillow image."""
        if self._pil is None:
            from PIL import Image as pillow

            self._pil = pillow.open(io.BytesIO(self.raw))
        return self._pil

    def __reduce__(self):
        return (Image, (self.raw,))

    def __eq__(self, other):
        return isinstance(other, Image) and self.raw == other.raw

    def __hash__(self):
        return hash(self.raw)

    def __repr__(self):
        return f"Image({len(self.raw)} bytes)"


def image_bytes(image):
    """The file of a picture for a prompt: bytes, an `Image`, or a Pillow image."""
    if isinstance(image, (bytes, bytearray, memoryview)):
        return bytes(image)
    if isinstance(image, Image):
        return image.raw
    if hasattr(image, "save"):
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()
    raise TypeError(
        "`exec_prompt`: an image is bytes, an `Image` (of a screenshot) or a Pillow image, "
        f"not {type(image).__name__}"
    )


def prompt_images(images):
    """The files of a prompt's images. How many, and how large, is up to the node."""
    files = [image_bytes(image) for image in images]
    for number, file in enumerate(files):
        webp = file[:4] == b"RIFF" and file[8:12] == b"WEBP"
        if not (webp or file.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))):
            raise NondetException(["INVALID_IMAGE"], {"image": number, "starts_with": file[:8].hex()})
    return files


def _decode_nondet(data):
    answer = calldata.decode(data)
    if "error" in answer:
        raise NondetException(answer["error"])
    return answer["ok"]
