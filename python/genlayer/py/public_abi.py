"""Numbers of the boundary between contracts and the node."""

import enum


class ResultCode(enum.IntEnum):
    """First byte of a sandbox's result."""

    RETURN = 0
    USER_ERROR = 1
    VM_ERROR = 2
    INTERNAL_ERROR = 3


class StorageType(enum.IntEnum):
    """Which state a view call reads."""

    DEFAULT = 0
    LATEST_FINAL = 1
    LATEST_NON_FINAL = 2
    LATEST_FINALIZED = 1
    LATEST_DECIDED = 2


class EntryKind(enum.IntEnum):
    """Why a sandbox was started."""

    MAIN = 0
    SANDBOX = 1
    CONSENSUS_STAGE = 2
