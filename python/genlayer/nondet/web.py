"""The web, under the third generation's name."""

from .. import _suggest
from ..gl.nondet.web import *  # noqa: F403
from ..gl.nondet.web import __all__  # noqa: F401

__getattr__ = _suggest.of_module(__name__, _suggest.WEB, "gl.nondet.web.")
