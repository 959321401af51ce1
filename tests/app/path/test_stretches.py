"""Stretches of a trace: what begins them, when, and what they counted."""

from __future__ import annotations

import random

from hopscope.app.path.path import Path
from hopscope.app.path.stretches import Beginning
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import Network, World, steady

SECOND_US = 1_000_000


def lossy(hops: int, ttl: int, share: float, begin_s: float, end_s: float, seed: int = 1) -> Network:
    """A path that loses a share of all that goes beyond a TTL, for some time."""
    sound, chance = steady(hops), random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= ttl and begin_s * SECOND_US <= now_us < end_s * SECOND_US and chance.random() < share:
            return None
        return sound(now_us, request)

    return network


def test_loss_that_begins_and_ends_makes_three_stretches() -> None:
    """10 % from hop 4 on in seconds 200 to 400: before, while, and after it, each with its rounds, time and counts."""
    world = World(lossy(9, 4, 0.1, 200, 400), TraceSettings(rounds=600))
    before, while_lossy, after = world.run().stretches
    assert [one.begun_by for one in (before, while_lossy, after)] == [
        Beginning.START,
        Beginning.LOSS_BEGAN,
        Beginning.LOSS_ENDED,
    ]
    assert 200 <= while_lossy.first_round <= 210
    assert while_lossy.time_us - world.start_us == SECOND_US * while_lossy.first_round
    assert before.last_round == while_lossy.first_round - 1
    assert {hop.lost for hop in before.hops} == {0}
    assert {hop.completed for hop in before.hops if hop.ttl <= 9} == {while_lossy.first_round}
    assert while_lossy.loss is not None
    assert while_lossy.loss.first_ttl in {4, 5}
    assert 0.07 < while_lossy.loss.share < 0.13
    assert sum(hop.lost for hop in while_lossy.hops if hop.ttl < 4) == 0
    assert 390 <= after.first_round <= 400
    assert after.last_round is None


def test_counts_hold_beyond_the_bounded_history() -> None:
    """A stretch that is longer than the history has counted all of its rounds when it is over."""
    world = World(lossy(6, 3, 0.3, 500, 600), TraceSettings(rounds=600))
    world.run()
    path = Path(world.paths[0].target, world.paths[0].settings, history_rounds=100)
    for event in world.events:
        path.record(event)
    before, _ = path.snapshot().stretches
    assert before.last_round is not None
    assert {hop.completed for hop in before.hops if hop.ttl <= 6} == {before.last_round + 1}


def test_an_outage_is_no_stretch() -> None:
    """Twenty rounds without any answer from hop 4 on are an outage, which has entries of its own."""
    snapshot = World(lossy(6, 4, 1.0, 100, 120), TraceSettings(rounds=300)).run()
    assert [one.begun_by for one in snapshot.stretches] == [Beginning.START]
    assert [one.kind for one in snapshot.log_entries if one.kind.startswith("loss-")] == ["loss-started", "loss-ended"]


def test_a_silent_target_hides_no_loss() -> None:
    """Behind a target that never answers the last router that does is the end that is watched."""
    sound, path = steady(7, silent=(7,)), lossy(7, 3, 0.2, 200, 300)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return sound(now_us, request) and path(now_us, request)

    kinds = [one.begun_by for one in World(network, TraceSettings(rounds=400)).run().stretches]
    assert kinds == [Beginning.START, Beginning.LOSS_BEGAN, Beginning.LOSS_ENDED]


def test_a_path_change_begins_a_stretch() -> None:
    """From the first answer of the new router on."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        answer = steady(6)(now_us, request)
        if request.ttl == 3 and now_us >= 50 * SECOND_US:
            return 10_000, wire.Answer("ttl-expired", "10.9.9.9", 10_000)
        return answer

    first, second = World(network, TraceSettings(rounds=100)).run().stretches
    assert (first.last_round, second.first_round, second.begun_by) == (49, 50, Beginning.PATH_CHANGE)


def test_a_reset_begins_the_only_stretch() -> None:
    """What was before it is not counted any more."""
    world = World(lossy(6, 4, 0.3, 60, 100), TraceSettings(rounds=400))
    world.run(until_s=90.5)
    world.group.reset(world.now_us)
    stretches = world.run(until_s=95).stretches
    assert [one.begun_by for one in stretches] == [Beginning.RESET]


def test_other_probes_begin_a_stretch() -> None:
    """Another protocol begins one, another interval does not; the log keeps how the trace began."""
    world = World(steady(6), TraceSettings(rounds=100))
    world.run(until_s=40)
    world.group.change(world.now_us, {"interval_us": 2_000_000}, "settings")
    world.group.change(world.now_us, {"protocol": "udp"}, "settings")
    snapshot = world.run(until_s=60)
    before, now = snapshot.stretches
    assert now.begun_by is Beginning.SETTINGS
    assert before.last_round == now.first_round - 1
    assert snapshot.log_entries[0].text == "ICMP, 64 bytes, every 1 s"
