"""Fixtures that every test may ask for; helpers are in tests/support, imported as ``support.NAME``."""

from __future__ import annotations

import pytest
from support.need import need_root


@pytest.fixture(scope="session")
def root() -> None:
    """The test needs root."""
    need_root()
