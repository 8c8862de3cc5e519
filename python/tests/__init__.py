"""Tests of the package under plain CPython, on a node made of dictionaries."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
