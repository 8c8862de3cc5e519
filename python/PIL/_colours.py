"""Colours: by name, by number, as the bytes of a pixel."""

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_COLOURS = {
    "black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "green": (0, 128, 0),
    "blue": (0, 0, 255), "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128),
    "cyan": (0, 255, 255), "magenta": (255, 0, 255), "orange": (255, 165, 0), "purple": (128, 0, 128),
}  # fmt: skip


def pixel_of(colour, mode):
    """A colour as the bytes of one pixel."""
    if isinstance(colour, str):
        colour = _named(colour)
        if mode in ("L", "LA"):
            grey = (colour[0] * 19595 + colour[1] * 38470 + colour[2] * 7471 + 0x8000) >> 16
            colour = (grey, *colour[3:])
    if isinstance(colour, int):
        colour = (colour,) if mode == "L" else tuple(colour >> 8 * at & 255 for at in range(CHANNELS[mode]))
    colour = tuple(colour)
    if len(colour) == CHANNELS[mode] - 1 and mode.endswith("A"):
        colour += (255,)
    if len(colour) == 4 and mode == "RGB":
        colour = colour[:3]
    if len(colour) != CHANNELS[mode]:
        raise TypeError(f"color must have {CHANNELS[mode]} numbers for mode {mode}")
    return bytes(max(0, min(255, int(part))) for part in colour)


def _named(text):
    if text.startswith("#"):
        digits = text[1:]
        if len(digits) in (3, 4):
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) in (6, 8):
            return tuple(bytes.fromhex(digits))
    elif text.lower() in _COLOURS:
        return _COLOURS[text.lower()]
    raise ValueError(f"unknown color specifier: {text!r}")
