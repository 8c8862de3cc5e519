"""Solidity ABI, under the first generation's name."""

from .evm import *  # noqa: F403
from .evm import __all__  # noqa: F401
