"""Value types, under the third generation's name."""

from .py.types import *
