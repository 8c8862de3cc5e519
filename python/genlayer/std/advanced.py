"""Rarely needed parts, by the first generation's path."""

from ..gl.advanced import *  # noqa: F403
