"""Value types, under the third generation's name."""

from .py.types import *  # noqa: F403
from .py.types import __all__  # noqa: F401
