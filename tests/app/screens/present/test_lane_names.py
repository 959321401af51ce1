"""What lanes are called side by side."""

from __future__ import annotations

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.screens.present.lane_names import lane_names, letter, letters
from hopscope.app.settings import LaneKind, Target
from support.snapshots import hop, snapshot

TCP, V6 = LaneKind("tcp", 443), LaneKind(version=6)


@pytest.mark.parametrize(
    ("lanes", "names"),
    [
        ([("a", "", None)], ["a"]),
        ([("a", "", None), ("b", "", None)], ["a", "b"]),
        ([("a", "ssh:x", None), ("a", "local", None)], ["ssh:x", "local"]),
        ([("a", "", None), ("a", "ssh:x", None)], ["local", "ssh:x"]),
        ([("a", "", TCP), ("a", "", V6)], ["TCP 443", "IPv6"]),
        ([("a", "", None), ("a", "", TCP)], ["a", "TCP 443"]),
        ([("a", "ssh:x", TCP), ("a", "ssh:y", TCP)], ["ssh:x by TCP 443", "ssh:y by TCP 443"]),
        ([("a", "", None), ("b", "ssh:x", TCP)], ["local to a", "ssh:x to b by TCP 443"]),
    ],
)
def test_only_what_tells_them_apart(lanes: list[tuple[str, str, LaneKind | None]], names: list[str]) -> None:
    """Targets where they differ, vantage points where some are named, protocols and families where those differ."""
    traces = [
        snapshot(Target(sanitize(name), "192.0.2.1", 4, vantage=sanitize(place), kind=kind), [hop(1, [1], "192.0.2.1")])
        for name, place, kind in lanes
    ]
    assert lane_names(traces) == names


def test_letters_of_lanes() -> None:
    """Few by their letters, neighbours as a range, others by their number; after z comes aa."""
    assert [letter(at) for at in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]
    assert letters((0, 2)) == "ac"
    assert letters((1, 2, 3, 4, 5, 6)) == "b-g"
    assert letters((0, 2, 4, 6, 8, 10)) == "6 lanes"
    assert letters((25, 26)) == "z-aa"
    assert letters((3, 27)) == "2 lanes"
