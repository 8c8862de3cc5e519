"""Numbers of the boundary, under the third generation's name."""

import typing

from ..py.public_abi import *  # noqa: F403
from ..py.public_abi import __all__ as _shared


class _RootOffsets(typing.NamedTuple):
    """Where the fields of the root slot begin."""

    MAJOR: int = 0
    CONTRACT: int = 1
    CODE: int = 2
    LOCKED_SLOTS: int = 3
    UPGRADERS: int = 4
    CODE_SLOT: int = 5
    PERMISSIONS: int = 37


root_offsets = _RootOffsets()

__all__ = [*_shared, "root_offsets"]
