"""What verdicts look at."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hopscope.app.insight.evidence.gather import gather
from hopscope.app.path.stretches import Beginning
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire

SECOND_US = 1_000_000


def world(begin_s: float, end_s: float, share: float = 0.2) -> World:
    """A path of eight hops that loses a share from hop 4 on for some time."""
    chance = random.Random(1)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lossy = request.ttl >= 4 and begin_s * SECOND_US <= now_us < end_s * SECOND_US
        return None if lossy and chance.random() < share else steady(8)(now_us, request)

    return World(network, TraceSettings(rounds=600))


def test_counts_are_of_the_present_stretch() -> None:
    """Loss that begins after 300 rounds is counted from then on, without the round that began it, and so is its end."""
    trace = world(300, 400)
    while_lossy = gather(trace.run(until_s=360))
    assert while_lossy.stretch is not None
    assert while_lossy.stretch.begun_by is Beginning.LOSS_BEGAN
    assert while_lossy.counted_from == while_lossy.stretch.first_round + 1
    assert 0.1 < while_lossy.row(8).share < 0.3
    assert (while_lossy.before[7].lost, while_lossy.before[7].completed) == (0, while_lossy.counted_from - 1) or (
        while_lossy.before[7].lost <= 1
    )
    after = gather(trace.run())
    assert after.stretch is not None
    assert after.stretch.begun_by is Beginning.LOSS_ENDED
    assert {row.lost for row in after.rows} == {0}


def test_without_loss_everything_counts() -> None:
    """A path that loses nothing has one stretch."""
    evidence = gather(world(0, 0).run(until_s=100))
    assert (evidence.stretch, evidence.counted_from, evidence.before) == (None, 0, ())


def test_a_pause_of_a_target_that_has_answered_little_is_no_outage() -> None:
    """Five silent rounds of ten at the target alone may be a limit on its replies; of sixty, they are an outage."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        paused = request.ttl == 8 and 5 * SECOND_US <= now_us < 10 * SECOND_US
        return None if paused else steady(8)(now_us, request)

    trace = World(network, TraceSettings(rounds=600))
    assert not gather(trace.run(until_s=15)).outages
    assert len(gather(trace.run(until_s=60)).outages) == 1


def test_a_lone_burst_is_left_out_of_the_counts() -> None:
    """Hops 4 to 10 lose all for two seconds, once: half a minute later the rows of now show none of it."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = request.ttl >= 4 and 60_000_000 <= now_us < 62_000_000
        return None if lost else steady(10)(now_us, request)

    trace = World(network, TraceSettings(rounds=600))
    soon = gather(trace.run(until_s=80))
    assert soon.lone_burst is None
    assert sum(row.lost for row in soon.rows) >= 10
    later = gather(trace.run(until_s=100))
    assert later.lone_burst is not None
    assert later.left_out == ((60, 2),)
    assert sum(row.lost for row in later.rows) == 0


def test_a_hop_that_loses_alone_has_no_lone_burst() -> None:
    """The target loses a fifth, now and then more: whatever looks like a burst there is its loss."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lost = request.ttl >= 10 and (now_us // 1_000_000) % 40 in {3, 4, 6, 7, 9, 10}
        return None if lost else steady(10)(now_us, request)

    evidence = gather(World(network, TraceSettings(rounds=600)).run(until_s=42))
    assert evidence.lone_burst is None
    assert evidence.left_out == ()
