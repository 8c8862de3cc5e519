"""What a contract can not do: the calls that would stop the interpreter raise an error with a line.

# Invariants
- Nothing waits: time stands still in a run and nobody else is there, so that a wait never ends.
- The standard streams have their numbers: bytes written to 1 and 2 are output.

# Not here
- Modules that can not be imported at all: the importer leaves them out.
- What nobody does by mistake (`os.abort`, `faulthandler`): it stops the interpreter, and the node says so.
"""

import errno
import os
import select
import time
import types

import output

WAIT = "a contract can not wait"
_ALONE = (
    "nobody else is there to release a lock or to fill a queue: remove the wait, or ask without one "
    "(`get_nowait()`, `acquire(blocking=False)`)"
)
_STREAMS = {1: output.STDOUT, 2: output.STDERR}


def sleep(_seconds):
    """Nobody can wait."""
    raise RuntimeError(f"{WAIT}: remove `time.sleep`")


def wait_for_files(*_args, **_kwargs):
    """There is nothing to wait for."""
    raise RuntimeError(f"{WAIT} for files or connections: remove `select`")


def clock_info(name):
    """All clocks show the time of the transaction, in milliseconds."""
    return types.SimpleNamespace(
        implementation=f"transaction ({name})", monotonic=True, adjustable=False, resolution=0.001
    )


def _bad_number():
    return OSError(errno.EBADF, "a contract has no file of this number")


def write(fd, data):
    """`os.write`: the standard streams are output, there are no other files."""
    if fd not in _STREAMS:
        raise _bad_number()
    _STREAMS[fd].write(bytes(data).decode("utf-8", "backslashreplace"))
    return len(data)


def no_file(*_args):
    """`os.read`: no number is a file with something in it."""
    raise _bad_number()


def isatty(_fd):
    """No number is a terminal."""
    return False


class Lock:
    """`threading.Lock` for one thread: to wait for it is an error, not a standstill."""

    def __init__(self):
        self._held = False

    def acquire(self, blocking=True, timeout=-1):
        """Takes the lock if it is free."""
        if not self._held:
            self._held = True
            return True
        if not blocking or timeout == 0:
            return False
        raise RuntimeError(f"{WAIT}: {_ALONE}")

    def release(self):
        """Lets the lock go."""
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False

    def locked(self):
        """Whether it is held."""
        return self._held

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_error):
        self.release()

    def __reduce__(self):
        raise TypeError("cannot pickle '_thread.lock' object")


def install():
    """Puts them in place of Python's own; called at build time."""
    import queue
    import threading

    time.sleep = sleep
    time.get_clock_info = clock_info
    select.select = select.poll = wait_for_files
    os.read, os.write, os.isatty = no_file, write, isatty
    threading.Lock = threading._allocate_lock = Lock
    queue.SimpleQueue = queue._PySimpleQueue
