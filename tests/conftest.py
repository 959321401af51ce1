"""Fixtures that every test may ask for; helpers are in tests/support, imported as ``support.NAME``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest
from support.need import need_root
from support.netns import Chain, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

# No limit of time for an example: machines that run tests are shared. CI tries the same examples each time, so that it
# never fails by chance; a developer's run looks further.
hypothesis.settings.register_profile(
    "shared",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session")
def root() -> None:
    """The test needs root."""
    need_root()


@pytest.fixture(scope="module")
def namespace_chain() -> Iterator[Chain]:
    """A chain of six namespaces without rate limits, ping sockets open; one for the whole module."""
    with chain() as made:
        yield made
