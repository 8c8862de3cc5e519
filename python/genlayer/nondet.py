"""The outside world, under the third generation's name."""

from .gl.nondet import Image, NondetException, exec_prompt, web

__all__ = ["Image", "NondetException", "exec_prompt", "web"]
