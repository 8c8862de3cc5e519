"""Numbers and names of the boundary between contracts and the node."""

import enum

#: Topics of one event, the signature included.
EVENT_MAX_TOPICS = 4


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


class Permissions(enum.IntEnum):
    """What a contract of the third generation allows; the number is that of the bit."""

    CAN_USE_BALANCE_FOR_MESSAGE_FEES = 1


class SpecialMethod(enum.StrEnum):
    """Methods that a contract does not define."""

    GET_SCHEMA = "#get-schema"
    ERRORED_MESSAGE = "#error"


class VmError(enum.StrEnum):
    """How codes of failures begin."""

    TIMEOUT = "timeout"
    VALIDATOR_DISAGREES = "validator_disagrees"
    VERSION_TOO_BIG = "version_too_big"
    OOM = "OOM"
    INVALID_CONTRACT = "invalid_contract"
    EXIT_CODE = "exit_code"
    WASM_TRAP = "wasm_trap"


__all__ = [
    "EVENT_MAX_TOPICS",
    "EntryKind",
    "Permissions",
    "ResultCode",
    "SpecialMethod",
    "StorageType",
    "VmError",
]
