"""The guest's one door to the node: storage, balances, requests, hashing and captured output.

# Invariants
- Nothing else in the package talks to the node, so tests replace the node by one `install`.
- A refused call raises `SystemError("<errno>: <name>")`, the text contracts know.
"""

from . import _outside

ERRNO_NAMES = {
    1: "overflow",
    2: "inval",
    3: "fault",
    4: "ilseq",
    5: "io",
    6: "forbidden",
    7: "inbalance",
}


_OVERFLOW = 1
#: Offset of the last byte of a slot; the node's functions take no larger number.
_LAST = (1 << 32) - 1


class _NoError(Exception):
    value = 0


# Until a host is installed, so that a plain import works anywhere.
_impl = _outside.Host()
_Err = _NoError
#: Whether the node walks maps and reads values with a length itself.
walks = False
#: Whether nobody but this code writes the contract's storage while it runs.
private = False


def install(impl, err):
    """Sets the host functions and the exception (with `.value`) by which they refuse."""
    global _impl, _Err, walks, private
    _impl = impl
    _Err = err
    private = True
    walks = "map_find" in dir(impl)


def installed():
    """Whether a host is present."""
    return not isinstance(_impl, _outside.Host)


def _refused(errno, operation):
    """The error of a refused call; `operation` tells those who explain it what was asked for."""
    error = SystemError(f"{errno}: {ERRNO_NAMES.get(errno, 'unknown')}")
    error.operation = operation
    return error


def storage_read(slot, offset, length):
    """Reads `length` bytes of a slot (32 bytes) of this contract."""
    if offset > _LAST:
        raise _refused(_OVERFLOW, "storage_read")
    try:
        return _impl.storage_read(slot, offset, length)
    except _Err as error:
        raise _refused(error.value, "storage_read") from None


def storage_write(slot, offset, data):
    """Writes bytes into a slot of this contract."""
    if offset > _LAST:
        raise _refused(_OVERFLOW, "storage_write")
    try:
        _impl.storage_write(slot, offset, data)
    except _Err as error:
        raise _refused(error.value, "storage_write") from None


def storage_call(name, *args):
    """One of the node's functions on values with a length and on maps."""
    if args[1] > _LAST:
        raise _refused(_OVERFLOW, "storage_write")
    try:
        return getattr(_impl, name)(*args)
    except _Err as error:
        raise _refused(error.value, "storage_write") from None


def balance_of(address):
    """Committed balance of a 20-byte address."""
    try:
        return int.from_bytes(_impl.balance_of(address), "little")
    except _Err as error:
        raise _refused(error.value, "balance_of") from None


def self_balance():
    """Own balance less what this run has sent."""
    try:
        return int.from_bytes(_impl.self_balance(), "little")
    except _Err as error:
        raise _refused(error.value, "self_balance") from None


def gl_call(request, name="gl_call"):
    """Sends one encoded request, the message `name`; returns the answer's bytes or None."""
    try:
        return _impl.gl_call(request)
    except _Err as error:
        raise _refused(error.value, name) from None


def keccak256(data):
    """Keccak-256 of `data`."""
    return _impl.keccak256(data)


def show_file(_path, _data):
    """Shows a file at a path from now on; without a sandbox there is nobody to see it."""


def log(fd, data):
    """Hands captured output to the node."""
    _impl.log(fd, data)
