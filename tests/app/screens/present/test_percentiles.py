"""Percentiles that screens show."""

from __future__ import annotations

from hopscope.app.path.snapshot import PENDING, UNANSWERED
from hopscope.app.screens.present import percentiles
from support.snapshots import hop


def test_percentiles_are_those_of_answers() -> None:
    """Rounds without an answer do not count; each percentile is an RTT that was measured."""
    made = hop(1, [UNANSWERED, *range(100, 0, -1), PENDING], "192.0.2.1")
    assert percentiles.percentile_us(made, 99) == 99
    assert percentiles.marked_us(made) == (("p50", 50), ("p90", 90), ("p99", 99))


def test_no_answer_has_no_percentile() -> None:
    """Without an answer the figure is 0, and nothing is marked."""
    made = hop(1, [UNANSWERED, PENDING], "192.0.2.1")
    assert (percentiles.percentile_us(made, 99), percentiles.marked_us(made)) == (0, ())
