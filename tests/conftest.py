"""Fixtures that every test may ask for; helpers are in tests/support, imported as ``support.NAME``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.need import need_root
from support.netns import Chain, chain, need_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def root() -> None:
    """The test needs root."""
    need_root()


@pytest.fixture(scope="module")
def namespace_chain() -> Iterator[Chain]:
    """A chain of six namespaces without rate limits, ping sockets open; one for the whole module."""
    need_namespaces()
    with chain() as made:
        yield made
