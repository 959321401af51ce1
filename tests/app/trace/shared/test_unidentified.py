"""The probes under way that any router may answer."""

from __future__ import annotations

from hopscope.app.trace.shared.samples import Sample
from hopscope.app.trace.shared.unidentified import PENDING_MAX_US, Unidentified


def sample(sent_us: int) -> Sample:
    return Sample(1, 3, sent_us, sent_us, fair=True, paid=False)


def test_a_probe_may_be_answered_for_some_round_trips() -> None:
    """Until a round trip is known a probe counts for half a second, then for a few of them."""
    unidentified = Unidentified()
    first = sample(0)
    unidentified.add(first)
    assert unidentified.count(3, PENDING_MAX_US - 1) == 1
    assert unidentified.count(3, PENDING_MAX_US) == unidentified.count(2, 0) == 0
    unidentified.answered(10_000)
    assert unidentified.count(3, 80_000) == 1
    assert unidentified.count(3, 100_000) == 0
    unidentified.remove(first)
    assert unidentified.count(3, 0) == 0
    assert unidentified.lasts_us(3, 700_000) == 700_000
