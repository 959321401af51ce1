"""Where loss begins that comes in bursts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.loss import place_of
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire

HOPS, PERIOD_S, GAP_S = 12, 44, 2.9


def periodic(hop: int) -> World:
    """A path whose link before a hop passes nothing for some seconds of each period."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        away = (now_us / 1e6 + 20) % PERIOD_S < GAP_S
        return None if away and request.ttl >= hop else steady(HOPS)(now_us, request)

    return World(network, TraceSettings(rounds=300))


@pytest.mark.parametrize("hop", [2, 4, 9])
def test_bursts_keep_the_place_that_they_tell(hop: int) -> None:
    """From the second one on the place is the link that loses, and it does not change."""
    trace = periodic(hop)
    places = set()
    for rounds in (*range(70, 90), *range(90, 290, 10)):
        judged = verdicts(trace.run(until_s=rounds + 0.3))
        assert judged.answer.place is not None
        places.add((judged.answer.place.first_ttl, judged.answer.place.last_ttl))
    assert places == {(hop - 1, hop)}


def test_a_short_loss_at_the_end_alone_is_placed_there() -> None:
    """Five rounds are too few to judge a hop by itself, and enough to tell which of them lost probes."""
    rows = (*(Row(ttl, 0, 5) for ttl in range(1, 8)), Row(8, 4, 5))
    assert place_of(rows) == (7, 8)
