"""The Pillow subset: what is done in Python against the real Pillow, requests to the node, errors."""

import io
import json
import pickle
import unittest
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from . import fake
from genlayer import gl
from genlayer.py import calldata

CASES = json.loads((Path(__file__).parent / "pil_cases.json").read_text(encoding="utf-8"))


def noise(count):
    """Bytes without any regularity."""
    state, made = 1, bytearray()
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0xFFFFFFFF
        made.append(state >> 16 & 255)
    return bytes(made)


def outcome(text, mode):
    """What an expression gives for a small picture `im` of a mode."""
    im = Image.frombytes(mode, (5, 3), noise(15 * len(mode)))
    grey = Image.frombytes("L", (5, 3), noise(15))
    try:
        value = im
        for part in text.split(";;"):
            value = eval(part, {"Image": Image, "im": im, "grey": grey, "n": len(mode), "mode": mode})
            value = im if value is None else value
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if isinstance(value, Image.Image):
        return f"{value.mode} {value.size} {value.tobytes().hex()}"
    return repr(value)


class RealResults(unittest.TestCase):
    """`pil_cases.json` holds what Pillow 11 gave for each expression and mode."""

    def test_every_expression_gives_what_pillow_gives(self):
        self.assertGreater(len(CASES), 180)
        for text, mode, wanted in CASES:
            with self.subTest(text=text, mode=mode):
                self.assertEqual(outcome(text, mode), wanted)


def answer(**fields):
    return calldata.encode(fields)


class Node(unittest.TestCase):
    """What is asked of the node, and when."""

    def setUp(self):
        self.node = fake.fresh()

    def test_a_file_is_decoded_when_its_pixels_are_needed(self):
        head = {"format": "PNG", "mode": "L", "width": 2, "height": 1}
        self.node.answers = [answer(ok=head), answer(ok=head | {"pixels": b"\1\2"})]
        picture = Image.open(io.BytesIO(b"file"))
        self.assertEqual((picture.format, picture.mode, picture.size), ("PNG", "L", (2, 1)))
        self.assertEqual(len(self.node.requests), 1)
        self.assertEqual([picture.getpixel((0, 0)), picture.getpixel((1, 0))], [1, 2])
        self.assertEqual(
            self.node.requests,
            [{"VenireImage": {"op": op, "data": b"file"}} for op in ("probe", "decode")],
        )

    def test_sizes_colours_and_files_are_the_nodes_work(self):
        picture = Image.new("RGB", (1, 1), (1, 2, 3))
        self.node.answers = [answer(ok=b"\2"), answer(ok=bytes(12)), answer(ok=b"file")]
        self.assertEqual(picture.convert("L").tobytes(), b"\2")
        self.assertEqual(picture.resize((2, 2)).size, (2, 2))
        buffer = io.BytesIO()
        picture.save(buffer, "jpg", quality=90)
        self.assertEqual(buffer.getvalue(), b"file")
        same = {"mode": "RGB", "width": 1, "height": 1, "pixels": b"\1\2\3"}
        wanted = [
            {"op": "convert", "to": "L"},
            {"op": "resize", "to_width": 2, "to_height": 2, "filter": 3},
            {"op": "encode", "format": "JPEG", "quality": 90},
        ]
        self.assertEqual(self.node.requests, [{"VenireImage": same | one} for one in wanted])

    def test_refusals_are_pillows_exceptions(self):
        for code, kind in (
            ("unknown", UnidentifiedImageError),
            ("broken", OSError),
            ("too_large", Image.DecompressionBombError),
        ):
            self.node.answers = [answer(error={"code": code, "message": "why"})]
            with self.assertRaisesRegex(kind, "why"):
                Image.open(io.BytesIO(b""))

    def test_pictures_travel_to_sub_vms(self):
        picture = Image.new("RGB", (2, 2), "orange")
        self.assertEqual(pickle.loads(pickle.dumps(picture)), picture)

    def test_what_is_not_there_says_so(self):
        import PIL

        picture = Image.new("RGB", (2, 1))
        for get in (lambda: picture.filter, lambda: Image.effect_mandelbrot, lambda: PIL.ImageDraw):
            with self.assertRaisesRegex(AttributeError, "the page on numpy and Pillow"):
                get()
        with self.assertRaisesRegex(ValueError, "use L, LA, RGB or RGBA"):
            picture.convert("CMYK")
        with self.assertRaisesRegex(ValueError, "multiples of 90"):
            picture.rotate(45)
        with self.assertRaisesRegex(ValueError, "expand=True"):
            picture.rotate(90)
        with self.assertRaisesRegex(TypeError, "no files in the sandbox"):
            Image.open("/etc/passwd")
        with self.assertRaisesRegex(TypeError, "no files in the sandbox"):
            picture.save("out.png")
        with self.assertRaisesRegex(ValueError, "writes PNG and JPEG"):
            picture.save(io.BytesIO(), "GIF")
        with self.assertRaisesRegex(Image.DecompressionBombError, "too large"):
            Image.new("RGB", (1 << 14, 1 << 14))

    def test_prompts_take_files_screenshots_and_pictures(self):
        ask = gl.nondet.exec_prompt
        png = b"\x89PNG\r\n\x1a\n"
        self.node.answers = [answer(ok=png + b"made"), answer(ok="yes")]
        files = [gl.nondet.Image(b"RIFF....WEBP"), Image.new("L", (1, 1))]
        self.assertEqual(ask("?", images=files), "yes")
        sent = self.node.requests[-1]["ExecPrompt"]["images"]
        self.assertEqual(sent, [b"RIFF....WEBP", png + b"made"])
        with self.assertRaises(gl.nondet.NondetException) as caught:
            ask("?", images=[b"GIF89a"])
        self.assertEqual(caught.exception.causes, ["INVALID_IMAGE"])


if __name__ == "__main__":
    unittest.main()
