"""`bytes1` ... `bytes32`: names of fixed-length byte types; values are plain `bytes`."""


class FixedBytesMeta(type):
    """Type of the names."""


def _make():
    def new(cls, value):
        return value

    names = []
    for size in range(1, 33):
        name = f"bytes{size}"
        body = {"SIZE": size, "__new__": new, "__module__": __name__, "__qualname__": name}
        globals()[name] = FixedBytesMeta(name, (bytes,), body)
        names.append(name)
    return names


BYTES_NAMES = _make()
__all__ = list(BYTES_NAMES)
