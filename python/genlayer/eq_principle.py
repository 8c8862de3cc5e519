"""Ways to judge results, under the third generation's name."""

from . import _suggest
from .gl.eq_principle import *  # noqa: F403
from .gl.eq_principle import __all__, custom  # noqa: F401

__getattr__ = _suggest.of_module(__name__, _suggest.EQ_PRINCIPLE, "gl.eq_principle.")
