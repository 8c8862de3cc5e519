"""`PIL.Image`: open, look at, change and save a picture.

# Invariants
- Modes are L, LA, RGB and RGBA; files with palettes or deeper colours become one of them.
- A file's pixels are decoded when they are first needed.
"""

import enum
import io
from math import ceil, floor

from . import UnidentifiedImageError, _node
from ._colours import CHANNELS, pixel_of
from ._node import DecompressionBombError

__all__ = ["DecompressionBombError", "Image", "UnidentifiedImageError", "frombytes", "new", "open"]

_BANDS = {"L": ("L",), "LA": ("L", "A"), "RGB": ("R", "G", "B"), "RGBA": ("R", "G", "B", "A")}
MAX_IMAGE_PIXELS = 1 << 23


class Resampling(enum.IntEnum):
    """How a new pixel is made of old ones."""

    NEAREST = 0
    LANCZOS = 1
    BILINEAR = 2
    BICUBIC = 3
    BOX = 4
    HAMMING = 5


class Transpose(enum.IntEnum):
    """Turns and mirrors."""

    FLIP_LEFT_RIGHT = 0
    FLIP_TOP_BOTTOM = 1
    ROTATE_90 = 2
    ROTATE_180 = 3
    ROTATE_270 = 4
    TRANSPOSE = 5
    TRANSVERSE = 6


globals().update(Resampling.__members__)
globals().update(Transpose.__members__)


def _sized(size):
    width, height = (int(one) for one in size)
    if width < 0 or height < 0:
        raise ValueError("Width and height must be >= 0")
    if width * height > MAX_IMAGE_PIXELS or max(width, height) > 1 << 14:
        raise DecompressionBombError(
            f"{width} by {height} is too large: at most {MAX_IMAGE_PIXELS} pixels and {1 << 14} on a side"
        )
    return width, height


def _known(mode):
    if mode not in CHANNELS:
        raise ValueError(f"mode {mode!r} is not part of Pillow on this network: use L, LA, RGB or RGBA")
    return mode


class Image:
    """A picture."""

    format = None
    format_description = None
    is_animated, n_frames = False, 1
    palette = None

    def __init__(self, mode="RGB", size=(0, 0), data=b""):
        self.mode, self.size, self.info = mode, size, {}
        self._pixels, self._file = bytearray(data), None

    @property
    def _data(self):
        if self._file is not None:
            self._pixels = bytearray(_node.ask("decode", data=self._file)["pixels"])
            self._file = None
        return self._pixels

    @property
    def width(self):
        """Pixels in a row."""
        return self.size[0]

    @property
    def height(self):
        """Rows."""
        return self.size[1]

    def load(self):
        """Decodes the pixels; gives access to them by `[x, y]`."""
        self._data
        return _Access(self)

    def verify(self):
        """Raises if the file is broken."""
        self._data

    def close(self):
        """Does nothing: there is no file to close."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def __eq__(self, other):
        same = isinstance(other, Image) and (self.mode, self.size) == (other.mode, other.size)
        return same and self._data == other._data

    __hash__ = None

    def __repr__(self):
        return f"<PIL.Image.Image image mode={self.mode} size={self.width}x{self.height}>"

    def __reduce__(self):
        return (_rebuild, (self.mode, self.size, bytes(self._data), self.format))

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(f"'Image' object has no attribute '{name}'")
        from . import missing

        raise missing("Image", name)

    def __array__(self, dtype=None, copy=None):
        import numpy

        shape = (self.height, self.width, CHANNELS[self.mode])
        flat = numpy.frombuffer(bytes(self._data), dtype=numpy.uint8)
        made = flat.reshape(shape if shape[2] > 1 else shape[:2])
        return made if dtype is None else made.astype(dtype)

    # Pixels

    def getbands(self):
        """Names of the channels."""
        return _BANDS[self.mode]

    def _spot(self, xy):
        x, y = (int(one) for one in xy)
        x, y = (x + self.width if x < 0 else x), (y + self.height if y < 0 else y)
        if not (0 <= x < self.width and 0 <= y < self.height):
            raise IndexError("image index out of range")
        return (y * self.width + x) * CHANNELS[self.mode]

    def getpixel(self, xy):
        """One pixel: a number, or a tuple of them."""
        at, count = self._spot(xy), CHANNELS[self.mode]
        return self._data[at] if count == 1 else tuple(self._data[at : at + count])

    def putpixel(self, xy, value):
        """Sets one pixel."""
        at, pixel = self._spot(xy), pixel_of(value, self.mode)
        self._data[at : at + len(pixel)] = pixel

    def getdata(self, band=None):
        """All pixels in order."""
        data, count = self._data, CHANNELS[self.mode]
        if band is not None or count == 1:
            return list(data[band or 0 :: count])
        return list(zip(*(data[one::count] for one in range(count))))

    def putdata(self, data):
        """Sets the pixels from the first one on."""
        if CHANNELS[self.mode] == 1:
            made = bytes(max(0, min(255, int(value))) for value in data)
        else:
            made = b"".join(pixel_of(value, self.mode) for value in data)
        if len(made) > len(self._data):
            raise TypeError("too many data entries")
        self._data[: len(made)] = made

    def tobytes(self, *_raw):
        """The pixels, row by row."""
        return bytes(self._data)

    def getextrema(self):
        """Smallest and largest value of each channel."""
        count = CHANNELS[self.mode]
        ranges = tuple((min(part), max(part)) for part in (self._data[one::count] for one in range(count)))
        return ranges[0] if count == 1 else ranges

    def histogram(self):
        """How often each value occurs, channel after channel."""
        count, result = CHANNELS[self.mode], []
        for one in range(count):
            part = bytes(self._data[one::count])
            result.extend(part.count(value) for value in range(256))
        return result

    def getbbox(self):
        """The smallest box with everything that is not zero."""
        count, width = CHANNELS[self.mode], self.width
        rows = [y for y in range(self.height) if any(self._row(y))]
        if not rows:
            return None
        columns = [x for x in range(width) if any(any(self._data[x * count + one :: width * count]) for one in range(count))]
        return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)

    def _row(self, y):
        step = self.width * CHANNELS[self.mode]
        return self._data[y * step : (y + 1) * step]

    # Other pictures

    def copy(self):
        """A picture of its own."""
        return Image(self.mode, self.size, self._data)

    def convert(self, mode=None):
        """In another mode: L, LA, RGB or RGBA."""
        if mode is None or _known(mode) == self.mode:
            return self.copy()
        return Image(mode, self.size, _node.change("convert", self, to=mode))

    def resize(self, size, resample=None, box=None, reducing_gap=None):
        """In another size; bicubic unless told otherwise."""
        width, height = _sized(size)
        if not width or not height:
            raise ValueError("height and width must be > 0")
        source = self
        if box is not None:
            if any(float(side) != int(side) for side in box):
                raise ValueError("Pillow on this network resizes boxes of whole pixels")
            source = self.crop(tuple(int(side) for side in box))
        if source.size == (width, height):
            return source.copy()
        chosen = Resampling.BICUBIC if resample is None else Resampling(resample)
        made = _node.change("resize", source, to_width=width, to_height=height, filter=int(chosen))
        return Image(self.mode, (width, height), made)

    def thumbnail(self, size, resample=Resampling.BICUBIC, reducing_gap=2.0):
        """Shrinks in place so that it fits, keeping its proportions."""
        x, y = (floor(one) for one in size)
        if x >= self.width and y >= self.height:
            return
        aspect = self.width / self.height
        if x / y >= aspect:
            x = _near(y * aspect, lambda one: abs(aspect - one / y))
        else:
            y = _near(x / aspect, lambda one: 0 if one == 0 else abs(aspect - x / one))
        made = self.resize((x, y), resample)
        self._pixels, self._file, self.size = made._data, None, made.size

    def crop(self, box=None):
        """A part; outside of the picture everything is zero."""
        if box is None:
            return self.copy()
        left, top, right, bottom = (round(side) for side in box)
        if right < left:
            raise ValueError("Coordinate 'right' is less than 'left'")
        if bottom < top:
            raise ValueError("Coordinate 'lower' is less than 'upper'")
        size = _sized((right - left, bottom - top))
        count, made = CHANNELS[self.mode], bytearray()
        before = bytes(count * min(size[0], max(0, -left)))
        start, stop = count * max(0, left), count * max(0, min(right, self.width))
        for y in range(top, bottom):
            row = before + (self._row(y)[start:stop] if 0 <= y < self.height else b"")
            made += row + bytes(count * size[0] - len(row))
        return Image(self.mode, size, made)

    def paste(self, im, box=None, mask=None):
        """Puts a picture or a colour into this one."""
        left, top = (0, 0) if box is None else box[:2]
        if isinstance(im, Image):
            source = im if im.mode == self.mode else im.convert(self.mode)
            if box is not None and len(box) == 4 and (box[2] - left, box[3] - top) != im.size:
                raise ValueError("images do not match")
        else:
            right, bottom = box[2:] if box is not None and len(box) == 4 else self.size
            source = new(self.mode, (max(0, right - left), max(0, bottom - top)), im)
        count, blend = CHANNELS[self.mode], None if mask is None else _mask(mask, source.size)
        first, last = max(0, -left), min(source.width, self.width - left)
        if first >= last:
            return
        for y in range(max(0, -top), min(source.height, self.height - top)):
            row = source._row(y)[first * count : last * count]
            at = ((top + y) * self.width + left + first) * count
            if blend is not None:
                weights = blend[y * source.width + first : y * source.width + last]
                row = _blended(self._data[at : at + len(row)], row, weights, count)
            self._data[at : at + len(row)] = row

    def rotate(self, angle, resample=Resampling.NEAREST, expand=False, **_unused):
        """Turned against the clock, by a multiple of 90 degrees."""
        turns = angle % 360
        if turns not in (0, 90, 180, 270):
            raise ValueError("Pillow on this network rotates by multiples of 90 degrees")
        if turns == 0:
            return self.copy()
        if turns != 180 and not expand and self.width != self.height:
            raise ValueError("a quarter turn of a picture that is not square needs expand=True on this network")
        return self.transpose(Transpose.ROTATE_90 + int(turns // 90) - 1)

    def transpose(self, method):
        """Turned or mirrored."""
        method = Transpose(method)
        if method in (Transpose.ROTATE_90, Transpose.ROTATE_270, Transpose.TRANSPOSE, Transpose.TRANSVERSE):
            made = self._across()
        else:
            made = self
        return made._mirrored(
            method in (Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.ROTATE_270, Transpose.TRANSVERSE),
            method in (Transpose.FLIP_TOP_BOTTOM, Transpose.ROTATE_180, Transpose.ROTATE_90, Transpose.TRANSVERSE),
        )

    def _across(self):
        """Rows become columns."""
        width, height, count = self.width, self.height, CHANNELS[self.mode]
        made = bytearray(len(self._data))
        for x in range(width):
            for one in range(count):
                start = x * height * count + one
                made[start : start + height * count : count] = self._data[x * count + one :: width * count]
        return Image(self.mode, (height, width), made)

    def _mirrored(self, sides, ends):
        count, rows = CHANNELS[self.mode], [self._row(y) for y in range(self.height)]
        if ends:
            rows.reverse()
        if sides:
            for at, row in enumerate(rows):
                turned = bytearray(len(row))
                for one in range(count):
                    turned[one::count] = row[one::count][::-1]
                rows[at] = turned
        return Image(self.mode, self.size, b"".join(rows))

    def split(self):
        """One grey picture per channel."""
        count = CHANNELS[self.mode]
        return tuple(Image("L", self.size, self._data[one::count]) for one in range(count))

    def getchannel(self, channel):
        """One channel as a grey picture."""
        at = _BANDS[self.mode].index(channel) if isinstance(channel, str) else channel
        return self.split()[at]

    def putalpha(self, alpha):
        """Adds or replaces the opacity, in place."""
        mode = "LA" if self.mode in ("L", "LA") else "RGBA"
        made = self if self.mode == mode else self.convert(mode)
        data, count = made._data, CHANNELS[mode]
        data[count - 1 :: count] = bytes([alpha]) * (len(data) // count) if isinstance(alpha, int) else alpha.convert("L")._data
        self.mode, self._pixels, self._file = mode, data, None

    def point(self, lut, mode=None):
        """Every value replaced, by a function or a table."""
        count = CHANNELS[self.mode]
        tables = [lut(value) for value in range(256)] * count if callable(lut) else list(lut)
        if len(tables) != 256 * count:
            raise ValueError("wrong number of lut entries")
        made = bytearray(len(self._data))
        for one in range(count):
            table = bytes(max(0, min(255, int(value))) for value in tables[256 * one : 256 * one + 256])
            made[one::count] = self._data[one::count].translate(table)
        return Image(self.mode, self.size, made)

    def save(self, fp, format=None, *, quality=75, **_options):
        """Writes a PNG or JPEG file into an object with `write`."""
        if isinstance(fp, (str, bytes)) or not hasattr(fp, "write"):
            raise TypeError("there are no files in the sandbox: save into io.BytesIO()")
        name = (format or self.format or "").upper()
        name = "JPEG" if name == "JPG" else name
        if name not in ("PNG", "JPEG"):
            raise ValueError(f"unknown file extension or format {name!r}: Pillow on this network writes PNG and JPEG")
        if name == "JPEG" and self.mode.endswith("A"):
            raise OSError(f"cannot write mode {self.mode} as JPEG")
        fields = {"quality": max(1, min(100, int(quality)))} if name == "JPEG" else {}
        fp.write(_node.change("encode", self, format=name, **fields))


class _Access:
    """Pixels by `[x, y]`."""

    def __init__(self, image):
        self._image = image

    def __getitem__(self, xy):
        return self._image.getpixel(xy)

    def __setitem__(self, xy, value):
        self._image.putpixel(xy, value)


def _near(number, distance):
    return max(min(floor(number), ceil(number), key=distance), 1)


def _mask(mask, size):
    if mask.size != size:
        raise ValueError("images do not match")
    return (mask.split()[-1] if mask.mode.endswith("A") else mask.convert("L"))._data


def _blended(below, above, weights, count):
    made = bytearray(len(above))
    for at, value in enumerate(above):
        weight = weights[at // count]
        mixed = below[at] * (255 - weight) + value * weight + 128
        made[at] = (mixed + (mixed >> 8)) >> 8
    return made


def _rebuild(mode, size, data, format):
    made = Image(mode, size, data)
    made.format = format
    return made


def open(fp, mode="r", formats=None):
    """A picture from the bytes of a PNG, JPEG or WebP file: `io.BytesIO(data)`."""
    if isinstance(fp, (bytes, bytearray, str)) or not hasattr(fp, "read"):
        raise TypeError("there are no files in the sandbox: open io.BytesIO(data)")
    data = fp.read()
    found = _node.ask("probe", data=bytes(data))
    made = Image(found["mode"], (found["width"], found["height"]))
    made._file, made.format = bytes(data), found["format"]
    return made


def new(mode, size, color=0):
    """A picture of one colour."""
    size = _sized(size)
    pixel = bytes(CHANNELS[_known(mode)]) if color in (0, None) else pixel_of(color, mode)
    return Image(mode, size, pixel * (size[0] * size[1]))


def frombytes(mode, size, data, decoder_name="raw", *_args):
    """A picture of pixels in rows."""
    size = _sized(size)
    if decoder_name != "raw" or len(data) < size[0] * size[1] * CHANNELS[_known(mode)]:
        raise ValueError("not enough image data")
    return Image(mode, size, bytes(data)[: size[0] * size[1] * CHANNELS[mode]])


frombuffer = frombytes


def fromarray(obj, mode=None):
    """A picture of a uint8 array: rows, columns and, unless grey, channels."""
    import numpy

    data = numpy.asarray(obj)
    if data.dtype != numpy.uint8:
        raise TypeError(f"Cannot handle this data type: {data.dtype}; convert it to uint8 first")
    found = {2: "L"}.get(data.ndim) or {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}.get(data.shape[-1] if data.ndim == 3 else 0)
    if found is None:
        raise TypeError(f"Cannot handle this data type: an array of shape {data.shape}")
    return frombytes(mode or found, (data.shape[1], data.shape[0]), data.tobytes())


def merge(mode, bands):
    """One picture of grey ones."""
    count = CHANNELS[_known(mode)]
    if len(bands) != count:
        raise ValueError("wrong number of bands")
    made = bytearray(len(bands[0]._data) * count)
    for one, band in enumerate(bands):
        made[one::count] = band._data
    return Image(mode, bands[0].size, made)


def file_bytes(image):
    """A picture as the bytes of a file: for prompts."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def __getattr__(name):
    from . import missing

    raise missing("PIL.Image", name)
