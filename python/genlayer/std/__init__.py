"""The first API generation's name of `gl`."""

from .. import gl as _gl
from ..gl import *  # noqa: F403
from ..gl import (  # noqa: F401
    ContractAt,
    advanced,
    eq_principle,
    evm,
    nondet,
    vm,
)
from . import eq_principles, nondet_fns  # noqa: F401


def __getattr__(name):
    return getattr(_gl, name)
