"""Requests to the node and how their answers are read."""

from .gl_call import lazy_api as _lazy_api  # noqa: F401
