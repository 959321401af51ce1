"""The probes under way that any router may answer."""

from __future__ import annotations

from hopscope.app.trace.shared.hop_classes import Sample
from hopscope.app.trace.unidentified import ASKING_US, Asking


def sample(sent_us: int) -> Sample:
    return Sample(1, 3, sent_us, sent_us, fair=True, paid=False)


def test_a_probe_may_be_answered_for_some_round_trips() -> None:
    """Until a round trip is known a probe counts for half a second, then for a few of them."""
    asking = Asking()
    first = sample(0)
    asking.add(first)
    assert asking.count(3, ASKING_US - 1) == 1
    assert asking.count(3, ASKING_US) == asking.count(2, 0) == 0
    asking.answered(10_000)
    assert asking.count(3, 80_000) == 1
    assert asking.count(3, 100_000) == 0
    asking.remove(first)
    assert asking.count(3, 0) == 0
    assert asking.lasts_us(3, 700_000) == 700_000
