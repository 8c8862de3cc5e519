"""Where the contracts are, for tests that gltest runs in its direct mode."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def contracts():
    """The folder of our contracts."""
    return ROOT / "contracts"


@pytest.fixture
def here():
    """The folder of these tests."""
    return Path(__file__).resolve().parent
