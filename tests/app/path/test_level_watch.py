"""Shifts of the RTT on an unchanged path: their time, their place, and what is none."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import TARGET, World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from support.engines import Network

SECOND_US = 1_000_000


def world(shift_at_s: float, step_us: int, from_hop: int, *, slow: int = 0, change: bool = False) -> World:
    """Eight hops; from a time on all from one hop on are farther. ``slow``: a hop whose replies wait at random."""
    chance = Random(4)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = steady(8, 20_000)(now_us, request)
        assert made is not None
        rtt_us, answer = made
        rtt_us += int(chance.expovariate(1 / 200))
        moved = now_us >= shift_at_s * SECOND_US and request.ttl >= from_hop
        if moved:
            rtt_us += step_us
            if change and request.ttl == from_hop:
                answer = wire.Answer(answer.word, "198.51.100.99", rtt_us)
        if request.ttl == slow and chance.random() < 0.4:
            rtt_us += int(chance.expovariate(1 / 30_000))
        return rtt_us, wire.Answer(answer.word, answer.address, rtt_us)

    return World(network, TraceSettings())


def entries(snapshot: Snapshot) -> list[tuple[int, int, int]]:
    """Round and place of the shifts in the log."""
    return [(one.round, one.first_ttl, one.last_ttl) for one in snapshot.log_entries if one.kind == "rtt-shifted"]


def test_a_shift_has_a_time_and_a_place() -> None:
    """It is told within thirty rounds, with the round in which it began and the hop from which on it is felt."""
    seen = world(60.5, 20_000, 4)
    assert seen.run(until_s=55).rtt_shift is None
    early = seen.run(until_s=69).rtt_shift
    assert early is not None
    assert early.status == "seeming"
    found = seen.run(until_s=90)
    shift = found.rtt_shift
    assert shift is not None
    assert shift.status == "confirmed"
    assert (shift.first_ttl, shift.last_ttl) == (4, 4)
    assert shift.round in {60, 61}
    assert abs(shift.step_us - 20_000) < 300
    assert abs(shift.time_us - seen.start_us - 60.5 * SECOND_US) < 1.5 * SECOND_US
    assert entries(found) == [(shift.round, 4, 4)]
    assert [one.time_us for one in found.log_entries if one.kind == "rtt-shifted"] == [shift.time_us]


def test_the_base_begins_anew_with_a_level() -> None:
    """What lay below the step before does not count as queueing after it."""
    found = world(60.5, 20_000, 4).run(until_s=120)
    assert [hop.base_us // 1_000 for hop in found.hops] == [20] * 3 + [40] * 5


def test_a_slow_router_does_not_hide_the_place() -> None:
    """Each hop is compared with its own past."""
    shift = world(60.5, 20_000, 4, slow=3).run(until_s=100).rtt_shift
    assert shift is not None
    assert shift.first_ttl <= 4 <= shift.last_ttl


def test_a_change_of_the_path_is_no_shift() -> None:
    """Another router answers since: that is told as what it is."""
    found = world(60.5, 20_000, 4, change=True).run(until_s=120)
    assert found.rtt_shift is None
    assert entries(found) == []
    assert [one.kind for one in found.log_entries if one.kind == "path-changed"] == ["path-changed"]


def test_a_reset_forgets_the_level() -> None:
    """A shift before it is gone."""
    seen = world(60.5, 20_000, 4)
    seen.run(until_s=100)
    seen.group.reset(seen.now_us)
    seen.tell()
    assert seen.run(until_s=130).rtt_shift is None


def test_a_target_that_never_answers_has_no_level_but_the_last_router_has() -> None:
    """The far end is the last hop that answers."""
    inner = world(60.5, 20_000, 4)
    quiet_target = World(
        lambda now_us, request: None if request.ttl >= 8 else inner.network(now_us, request), TraceSettings(), (TARGET,)
    )
    shift = quiet_target.run(until_s=100).rtt_shift
    assert shift is not None
    assert shift.first_ttl == 4


def test_a_level_that_came_back_is_told_with_how_long_it_lasted() -> None:
    """Two minutes of 20 ms more, told when the fall is sure: since when, until when."""
    seen = World(until(world(60.5, 20_000, 4), 180.5), TraceSettings(), (TARGET,))
    found = seen.run(until_s=240)
    shift = found.rtt_shift
    assert shift is not None
    assert shift.status == "back"
    assert abs(shift.time_us - shift.since_us - 120 * SECOND_US) < 2 * SECOND_US
    assert found.level_round == 0


def test_what_seemed_a_level_and_came_back_is_told_as_that() -> None:
    """Ten rounds are too few to be a shift; that they were there is said all the same, with no entry in the log."""
    seen = World(until(world(60.5, 20_000, 4), 70.5), TraceSettings(), (TARGET,))
    early = seen.run(until_s=69).rtt_shift
    assert early is not None
    assert early.status == "seeming"
    found = seen.run(until_s=90)
    shift = found.rtt_shift
    assert shift is not None
    assert shift.status == "back"
    assert (shift.first_ttl, shift.last_ttl) == (4, 4)
    assert abs(shift.step_us + 20_000) < 1_000
    assert abs(shift.time_us - seen.start_us - 70.5 * SECOND_US) < 2 * SECOND_US
    assert abs(shift.time_us - shift.since_us - 10 * SECOND_US) < 2 * SECOND_US
    assert entries(found) == []


def test_what_only_seemed_to_be_leaves_the_level_as_it_was() -> None:
    """After a shift that is sure, one that is not takes nothing back."""
    outer = world(60.5, 20_000, 4)
    inner = outer.network

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        made = inner(now_us, request)
        if made is None or not 120.5 <= now_us / SECOND_US < 130.5 or request.ttl < 6:
            return made
        return made[0] + 50_000, wire.Answer(made[1].word, made[1].address, made[0] + 50_000)

    found = World(network, TraceSettings(), (TARGET,)).run(until_s=150)
    assert found.rtt_shift is not None
    assert found.rtt_shift.status == "back"
    assert found.level_round in {60, 61}


def until(inner: World, end_s: float) -> Network:
    """The network of a world until a time, and as it was at its start from then on."""
    return lambda now_us, request: inner.network(now_us if now_us < end_s * SECOND_US else 0, request)
