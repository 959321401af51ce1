"""Two paths are laid beside each other from both ends."""

from __future__ import annotations

import pytest
from hopscope.app.path.alignment import Difference, difference


def path(text: str) -> list[frozenset[str]]:
    """Hops are letters, a point is a hop that is not known, letters with commas between are of one hop."""
    return [frozenset() if hop == "." else frozenset(hop.split(",")) for hop in text.split()]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("a b c d t", "a b x d t", Difference(2, 3, 3)),
        ("a b c d t", "a b x y d t", Difference(2, 3, 4)),
        ("a b c d t", "a b d t", Difference(2, 3, 2)),
        ("a b t", "a b x t", Difference(2, 2, 3)),
        ("a b c t", "a b c t", Difference(4, 4, 4)),
        ("a . c d t", "a b x d t", Difference(1, 3, 3)),
        ("a . c t", "a b c t", Difference(4, 4, 4)),
        ("a b,c d t", "a c,e d t", Difference(4, 4, 4)),
        ("a b c", "a x y z", Difference(1, 3, 4)),
        ("", "a", Difference(0, 0, 1)),
    ],
    ids=["replaced", "longer", "shorter", "inserted", "same", "unknown", "filled", "balanced", "no-end", "empty"],
)
def test_only_what_differs_is_told(old: str, new: str, found: Difference) -> None:
    """What both paths have at their ends is no part of the difference; a hop that is not known may be any."""
    assert difference(path(old), path(new)) == found
