"""`gl`: what a contract works with."""

from ..py import calldata, storage
from ..py.storage import Array, DynArray, TreeMap, allow_storage
from ..py.types import *  # noqa: F403
from ._annotations import private, public
from ._contract import Contract
from ._errors import Rollback, UserError
from ._message import block, message, message_raw
