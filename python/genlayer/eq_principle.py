"""Ways to judge results, under the third generation's name."""

from .gl.eq_principle import *  # noqa: F403
from .gl.eq_principle import __all__  # noqa: F401
