# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import hashlib
import io

import numpy as np
from genlayer import *
from PIL import Image


class Pictures(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def describe(self, file: bytes) -> list:
        with Image.open(io.BytesIO(file)) as picture:
            picture.load()
            grey = picture.convert("L")
            return [picture.format, picture.mode, *picture.size, list(picture.getpixel((1, 2))), grey.getpixel((1, 2))]

    @gl.public.view
    def shrink(self, file: bytes, resample: int) -> str:
        picture = Image.open(io.BytesIO(file))
        return picture.resize((4, 5), resample).tobytes().hex()

    @gl.public.view
    def thumbnail(self, file: bytes) -> list:
        picture = Image.open(io.BytesIO(file))
        picture.thumbnail((4, 4), Image.Resampling.LANCZOS)
        return [*picture.size, picture.tobytes().hex()]

    @gl.public.view
    def cut_and_turn(self, file: bytes) -> list:
        picture = Image.open(io.BytesIO(file)).crop((1, 1, 4, 3))
        turned = picture.rotate(90, expand=True)
        return [list(pixel) for pixel in (*picture.getdata(), *turned.getdata())]

    @gl.public.view
    def written(self, name: str) -> list:
        picture = Image.new("RGB", (8, 6), "red")
        picture.paste((0, 0, 255), (2, 2, 5, 4))
        picture.putpixel((0, 0), (1, 2, 3))
        buffer = io.BytesIO()
        picture.save(buffer, format=name)
        back = Image.open(io.BytesIO(buffer.getvalue()))
        digest = hashlib.sha256(buffer.getvalue()).hexdigest()
        return [back.format, back.mode, *back.size, back == picture, digest]

    @gl.public.view
    def as_array(self, file: bytes) -> list:
        pixels = np.asarray(Image.open(io.BytesIO(file)))
        mirrored = Image.fromarray(pixels[:, ::-1].copy())
        return [list(pixels.shape), str(pixels.mean()), list(mirrored.getpixel((0, 0))), pixels[0, -1].tolist()]

    @gl.public.view
    def caught(self, file: bytes) -> list:
        try:
            Image.open(io.BytesIO(file)).load()
        except Exception as error:
            return [type(error).__name__, str(error)]
        return []

    @gl.public.view
    def opacity_as_jpeg(self) -> None:
        Image.new("RGBA", (2, 2)).save(io.BytesIO(), format="JPEG")

    @gl.public.view
    def filtered(self) -> None:
        Image.new("RGB", (2, 2)).filter(None)

    @gl.public.view
    def drawing(self) -> None:
        from PIL import ImageDraw  # noqa: F401

    @gl.public.write
    def agreed(self, file: bytes) -> str:
        picture = Image.open(io.BytesIO(file))

        def digest():
            return hashlib.sha256(picture.convert("L").resize((2, 2)).tobytes()).hexdigest()

        return gl.eq_principle.strict_eq(digest)
