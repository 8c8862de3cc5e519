"""The lowest layer, under the name contracts know: `import _genlayer_wasi`.

# Invariants
- The number a request returns is readable once, with `os.fdopen(number, "rb")`.
"""

import io
import operator
import os

from genlayer import _host

#: Tells this module from those of test tools.
OURS = True

_NOTHING = 0xFFFFFFFF
_FIRST = 1 << 20
_results = {}
_open_file = os.fdopen


def _in_slot(off):
    """A slot has 2^32 bytes; the node's functions take no larger number."""
    off = operator.index(off)
    if not 0 <= off < 1 << 32:
        raise SystemError("1: overflow")
    return off


def storage_read(slot, off, buf, /):
    """Fills a writable buffer."""
    view = memoryview(buf).cast("B")
    view[:] = _host.storage_read(bytes(slot), _in_slot(off), len(view))


def storage_write(slot, off, data, /):
    """Writes bytes."""
    from genlayer.py.storage._slots import written

    written(bytes(slot))
    _host.storage_write(bytes(slot), _in_slot(off), bytes(data))


def get_balance(address, /):
    """Committed balance of 20 bytes."""
    return _host.balance_of(bytes(address))


def get_self_balance():
    """Own balance."""
    return _host.self_balance()


def gl_call(request, /):
    """Sends an encoded request; the number of the answer, or 0xFFFFFFFF."""
    answer = _host.gl_call(bytes(request))
    if answer is None:
        return _NOTHING
    number = _FIRST + len(_results)
    _results[number] = answer
    return number


def _fdopen(fd, *args, **kwargs):
    if fd in _results:
        data, _results[fd] = _results[fd], b""
        return io.BytesIO(data)
    return _open_file(fd, *args, **kwargs)


def install():
    """Makes answers readable with `os.fdopen`."""
    os.fdopen = _fdopen
