"""Captured standard output: every finished line goes to the node.

# Invariants
- What was printed before a trap is not lost, except an unfinished line.
"""

import io
import sys

from genlayer import _host

_LIMIT = 64 * 1024
#: Bytes after which a stream says no more: several times what a node keeps. What is handed to the
#: node stays in the memory of the sandbox until the run ends, so that endless output would fill it.
_MOST = 4 << 20


class Output(io.TextIOBase):
    """A text stream that sends to the node."""

    encoding = "utf-8"
    errors = "backslashreplace"
    newlines = None

    def __init__(self, fd):
        self._fd = fd
        self._parts = []
        self._size = 0
        self._sent = 0

    def write(self, text):
        """Takes text; sends it when a line ends."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._parts.append(text)
        self._size += len(text)
        if self._size > _LIMIT or "\n" in text:
            self.flush()
        return len(text)

    def flush(self):
        """Sends what there is."""
        if self._parts:
            data = "".join(self._parts).encode("utf-8", "backslashreplace")
            self._parts.clear()
            self._size = 0
            if self._sent <= _MOST:
                self._sent += len(data)
                _host.log(self._fd, data[:_MOST])

    def writable(self):
        """Yes."""
        return True

    def isatty(self):
        """No."""
        return False

    def fileno(self):
        """The descriptor's number."""
        return self._fd

    def close(self):
        """Streams stay open."""
        self.flush()


STDOUT = Output(1)
STDERR = Output(2)


def install():
    """Replaces the standard streams."""
    sys.stdin = sys.__stdin__ = None
    sys.stdout = sys.__stdout__ = STDOUT
    sys.stderr = sys.__stderr__ = STDERR


def flush():
    """Sends unfinished lines."""
    STDOUT.flush()
    STDERR.flush()
