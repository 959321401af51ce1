"""Whether a path that answers since a change circles."""

from __future__ import annotations

import pytest
from hopscope.app.path.change_entries import circles


@pytest.mark.parametrize(
    ("path", "expected"),
    [("gaba", True), ("gabcab", True), ("ga-a", False), ("gaa", False), ("gaab", False), ("gabat", False), ("", False)],
)
def test_a_router_after_others(path: str, *, expected: bool) -> None:
    """One letter a hop, ``t`` is the target; one router at two hops in a row is none that answers again."""
    hops = [frozenset({one} - {"-"}) for one in path]
    assert circles(hops, "t") is expected
