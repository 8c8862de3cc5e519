"""Functions of the outside world, first generation."""

from ..gl.nondet import first_exec_prompt as exec_prompt
from ..gl.nondet.web import render as get_webpage

__all__ = ["exec_prompt", "get_webpage"]
