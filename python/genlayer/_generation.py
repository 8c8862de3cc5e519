"""The API generation of the running contract.

# Invariants
- It decides only where a name's import path does not: how a user error reads and travels.
"""

import sys

from . import _outside

#: 0 = v0.0.x, 1 = v0.1, 2 = v0.2, 3 = v0.3 and later.
number = _outside.generation()

#: From here on a user error may be any calldata.
ANY_ERROR = 3


def use(generation):
    """Sets the generation of the contract that is about to be imported."""
    global number
    number = generation
    sys.modules[__package__]._speak(generation)


def any_error():
    """Whether user errors may be other than text."""
    return number >= ANY_ERROR
