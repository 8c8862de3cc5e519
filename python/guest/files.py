"""Files and variables that a contract's package brings, read as if there were a file system.

# Invariants
- They come from the package alone; nothing can be written.
"""

import builtins
import errno
import io
import os
import posixpath

import closed
import importer

_ENVIRONMENT = "/proc/self/environ"
_FILES = {}
_open = io.open


def take(sources):
    """Takes the files among the parts of a package: their names are absolute paths."""
    for source in sources:
        if source.name.startswith("/"):
            _FILES[source.name] = source.code
    for line in _FILES.pop(_ENVIRONMENT, b"").split(b"\0")[:-1]:
        name, _, value = line.decode("utf-8").partition("=")
        os.environ[name] = value


def show(path, data):
    """Shows a file from now on; Python source can be imported from where modules are."""
    _FILES[path] = data
    importer.show(path, data)


def _open_packaged(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest):
    if isinstance(file, int):
        closed.no_file()
    try:
        path = posixpath.normpath(posixpath.join("/", os.fsdecode(file)))
    except TypeError:
        path = None
    data = _FILES.get(path)
    if data is None:
        return _open(file, mode, buffering, encoding, errors, newline, *rest)
    if set(mode) - set("rbtU"):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
    if "b" in mode:
        return io.BytesIO(data)
    return io.TextIOWrapper(io.BytesIO(data), encoding or "utf-8", errors, newline)


def install():
    """Lets `open` find the files; called at build time."""
    builtins.open = io.open = _open_packaged
