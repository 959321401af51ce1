"""What a path change is said to have cost."""

from __future__ import annotations

import pytest
from hopscope.app.insight.evidence.change_effect import cost, in_words
from hopscope.app.path.snapshot import UNANSWERED, LogEntry
from support.snapshots import TARGET, hop, snapshot

CHANGE = LogEntry(0, 20, "path-changed", "path changed", 2, 2, ("192.0.2.1",), ("192.0.2.2",))


def told(before_us: list[int], after_us: list[int], *, hole: int = 0, log_entries: tuple[LogEntry, ...] = ()) -> str:
    """Of four hops with these times in 20 rounds before the change and 10 after it, ``hole`` lost in between."""
    hops = []
    for ttl, (before, after) in enumerate(zip(before_us, after_us, strict=True), 1):
        values = [before] * 20 + [UNANSWERED if ttl > 2 else after] * hole + [after] * (10 - hole)
        hops.append(hop(ttl, values, TARGET.address if ttl == 4 else f"198.51.100.{ttl}"))
    return in_words(cost(snapshot(TARGET, hops, log_entries=(CHANGE, *log_entries)), CHANGE))


@pytest.mark.parametrize(
    ("before_us", "after_us", "hole", "words"),
    [
        ([400, 5000, 9000, 20_000], [400, 5000, 9000, 20_000], 0, ""),
        ([400, 5000, 9000, 20_000], [400, 5900, 9900, 20_900], 0, ""),
        ([400, 5000, 9000, 20_000], [400, 18_000, 21_900, 32_900], 0, "+12.9 ms from hop 2 on"),
        ([400, 5000, 9000, 20_000], [400, 5000, 21_900, 32_900], 1, "1 round lost, +12.9 ms from hop 3 on"),
        ([400, 5000, 9000, 20_000], [400, 5000, 9000, 15_000], 3, "3 rounds lost, -5.0 ms from hop 4 on"),
        ([400, 5000, 9000, 20_000], [400, 5000, 9000, 15_000], 6, "6 rounds lost"),
    ],
)
def test_what_it_cost(before_us: list[int], after_us: list[int], hole: int, words: str) -> None:
    """Lost rounds beside it, and the change of the best time from the hop on where it begins; below 1 ms nothing."""
    assert told(before_us, after_us, hole=hole) == words


def test_the_next_change_ends_what_is_compared() -> None:
    """Times of the path after the next change do not count."""
    later = LogEntry(0, 23, "path-changed", "path changed", 2, 2)
    assert told([400, 5000, 9000, 20_000], [400, 5000, 21_900, 32_900], log_entries=(later,)) == ""


def test_what_is_long_over_is_not_told_anew() -> None:
    """Once no later round counts, the words stay, whatever becomes of the histories."""
    change = LogEntry(0, 20, "path-changed", "path changed", 1, 1, ("192.0.2.9",))
    hops = [hop(1, [5000] * 20 + [9000] * 80, TARGET.address)]
    assert in_words(cost(snapshot(TARGET, hops, log_entries=(change,)), change)) == "+4.0 ms from hop 1 on"
    hops = [hop(1, [9000] * 50, TARGET.address)]
    assert in_words(cost(snapshot(TARGET, hops, log_entries=(change,)), change)) == "+4.0 ms from hop 1 on"


def test_what_is_forgotten_is_not_told() -> None:
    """A change before the histories begin, or behind their end, has no words."""
    hops = [hop(1, [400] * 10, TARGET.address)]
    for number in (-5, 0, 11, 30):
        change = LogEntry(0, number, "path-changed", "path changed", 2, 2)
        assert in_words(cost(snapshot(TARGET, hops, log_entries=(change,)), change)) == ""
