"""Finds a Python of at least 3.12 and prints its path.

Runs on any Python 3, because the one it is started with may be the old one.
"""

import glob
import os
import re
import subprocess
import sys

LEAST = (3, 12)


def _version(path):
    """(major, minor) of an interpreter, or None."""
    try:
        command = [path, "-c", "import sys; print(sys.version_info[:2])"]
        text = subprocess.check_output(command, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(number) for number in re.findall(rb"\d+", text))


def _candidates():
    if sys.version_info[:2] >= LEAST:
        yield sys.executable
    folders = os.environ.get("PATH", "").split(os.pathsep)
    names = ["python3"] + ["python3.{}".format(minor) for minor in range(LEAST[1], LEAST[1] + 8)]
    for folder in folders:
        for name in names:
            yield os.path.join(folder, name)
    home = os.path.expanduser("~")
    for pattern in (".pyenv/versions/*/bin/python3", ".local/share/uv/python/*/bin/python3"):
        for path in sorted(glob.glob(os.path.join(home, pattern)), reverse=True):
            yield path


def find_python():
    """Path of the first suitable interpreter, or None."""
    for path in _candidates():
        if os.access(path, os.X_OK) and (_version(path) or (0, 0)) >= LEAST:
            return path
    return None


def main():
    """Prints the path; explains what to install if there is none."""
    path = find_python()
    if path is None:
        sys.stderr.write("Python 3.12 or newer is needed: install it, or put it on PATH.\n")
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
