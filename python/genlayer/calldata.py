"""Calldata, under the third generation's name."""

from .py.calldata import *  # noqa: F403
from .py.calldata import __all__  # noqa: F401
