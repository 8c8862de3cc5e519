"""The EVM side, under the third generation's name."""

from .gl.evm import *  # noqa: F403
from .gl.evm import __all__  # noqa: F401
