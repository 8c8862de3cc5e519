"""Numbers of the boundary, under the third generation's name."""

from ..py.public_abi import *  # noqa: F403
from ..py.public_abi import __all__  # noqa: F401
