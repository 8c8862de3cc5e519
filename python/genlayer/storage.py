"""Stored types, under the third generation's name."""

from .py.storage import *  # noqa: F403
from .py.storage import __all__ as _names
from .py.storage import allow_storage as allow

__all__ = [*_names, "allow"]
