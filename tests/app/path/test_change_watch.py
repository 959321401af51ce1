"""Paths that change, return and flap, seen over all hops."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.path.change_watch import ChangeWatch
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import Network, World, steady

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.path.snapshot import LogEntry, Snapshot

SIDE_A, SIDE_B = 0, 1


def routed(side: Callable[[int], int], first: int = 3, last: int = 4, hops: int = 6, longer: int = 0) -> Network:
    """Hops ``first`` to ``last`` are on the side that the time says; side B is ``longer`` and 4 ms slower."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if side(now_us) == SIDE_A or request.ttl < first:
            return steady(hops)(now_us, request)
        rtt_us = 14_000
        if request.ttl <= last + longer:
            return rtt_us, wire.Answer("ttl-expired", f"10.9.0.{request.ttl}", rtt_us)
        if request.ttl >= hops + longer:
            return rtt_us, wire.Answer("reply", request.address, rtt_us)
        return rtt_us, wire.Answer("ttl-expired", f"10.0.0.{request.ttl - longer}", rtt_us)

    return network


def every(half_s: float) -> Callable[[int], int]:
    return lambda now_us: int(now_us / (half_s * 1e6)) % 2


def after(since_s: float, until_s: float = 1e9) -> Callable[[int], int]:
    return lambda now_us: int(since_s <= now_us / 1e6 < until_s)


def entries(snapshot: Snapshot, *kinds: str) -> list[LogEntry]:
    return [entry for entry in snapshot.log_entries if entry.kind in kinds]


@pytest.mark.parametrize("ways", [2, 3, 4])
@pytest.mark.parametrize("hops", [1, 3, 6])
def test_balanced_hops_hardly_ever_seem_to_change(hops: int, ways: int) -> None:
    """Of 200 traces of 60 rounds through hops that balance each packet, one in forty at most says so once."""
    seemed = 0
    for seed in range(200):
        chance, watch = random.Random(seed), ChangeWatch()
        said = False
        for number in range(60):
            for hop in range(hops):
                at_us = number * 1_000_000 + hop * 100_000
                watch.answered(3 + hop, chance.randrange(ways), number, at_us + 5_000, at_us, pooled=True)
            said = said or bool(watch.seeming(pooled=True))
        seemed += said
    assert seemed <= 5


@pytest.mark.parametrize("ways", [2, 3, 4])
@pytest.mark.parametrize("hops", [1, 2, 3, 6])
def test_balanced_hops_are_no_change_together(hops: int, ways: int) -> None:
    """Hops that balance each packet are never taken together for a change: 100 traces of 60 rounds."""
    for seed in range(100):
        chance, watch = random.Random(seed), ChangeWatch()
        for number in range(60):
            for hop in range(hops):
                at_us = number * 1_000_000 + hop * 100_000
                by = chance.randrange(ways)
                assert watch.answered(3 + hop, by, number, at_us + 5_000, at_us, pooled=True) is None, seed


def test_from_the_first_new_answers_on_it_seems_to_have_changed() -> None:
    """In the round of the change it is provisional, dated by the first answer; then confirmed with the same date."""
    world = World(routed(after(20)), TraceSettings())
    assert world.run(until_s=19.9).seeming_change is None
    seeming = world.run(until_s=20.9).seeming_change
    assert seeming is not None
    assert (seeming.first_ttl, seeming.last_ttl, seeming.round) == (3, 4, 20)
    assert (seeming.old, seeming.new) == (("10.0.0.3", "10.0.0.4"), ("10.9.0.3", "10.9.0.4"))
    assert entries(world.paths[0].snapshot(), "path-changed") == []
    snapshot = world.run(until_s=25)
    [entry] = entries(snapshot, "path-changed")
    assert (entry.round, entry.time_us, entry.returned) == (20, seeming.time_us, False)
    assert snapshot.seeming_change is None


def test_one_stray_answer_is_withdrawn() -> None:
    """An answer of another router, once, leaves no trace in the log."""
    world = World(routed(after(30, 31), first=3, last=3), TraceSettings(rounds=60))
    world.run(until_s=31.5)
    snapshot = world.run()
    assert snapshot.seeming_change is None
    assert entries(snapshot, "path-changed", "path-flap") == []


@pytest.mark.parametrize("longer", [1, 2, -1])
def test_a_change_is_told_by_what_differs(longer: int) -> None:
    """Of a path that becomes longer or shorter only the detour is told, not all later hops."""
    network = routed(after(20), first=3, last=4, longer=longer)
    [entry] = entries(World(network, TraceSettings(rounds=60)).run(), "path-changed")
    assert entry.old == ("10.0.0.3", "10.0.0.4")
    assert entry.new == tuple(f"10.9.0.{ttl}" for ttl in range(3, 5 + longer))
    assert (entry.first_ttl, entry.last_ttl) == (3, 4 + longer)


def test_a_return_is_known_at_once() -> None:
    """The first answer of a router of an earlier path confirms the return to it."""
    world = World(routed(after(20, 40)), TraceSettings())
    snapshot = world.run(until_s=42)
    change, back = entries(snapshot, "path-changed")
    assert (change.round, back.round) == (20, 40)
    assert (back.old, back.new, back.returned) == (change.new, change.old, True)
    assert [(epoch.first_round, epoch.last_round) for epoch in snapshot.epochs] == [(0, 19), (20, 39)]


@pytest.mark.parametrize("half_s", [1, 1.7, 3, 5, 12, 40, 150])
@pytest.mark.parametrize("longer", [0, 1])
def test_flaps_of_any_period_are_one_event(half_s: float, longer: int) -> None:
    """From a turn of 2 s to one of 5 min a path that goes to and fro flaps, told once; its changes are no more told."""
    world = World(routed(every(half_s), last=5, hops=7, longer=longer), TraceSettings())
    snapshot = world.run(until_s=max(60.0, 3 * half_s + 10))
    flap = snapshot.flap
    assert flap is not None
    assert flap.ended_us is None
    assert flap.first_ttl == 3
    assert flap.last_ttl >= 5
    [entry] = entries(snapshot, "path-flap")
    assert (entry.round, entry.time_us) == (flap.first_round, flap.time_us)
    assert len(entries(snapshot, "path-changed")) <= 2
    assert flap.changes >= 3
    again = [one.round for one in entries(snapshot, "path-flap-change")]
    if half_s < 2:  # which no picture shows one by one
        assert again == list(flap.rounds) == []
    if half_s >= 5:
        assert again == list(flap.rounds)
        assert len(again) == flap.changes - 2
    assert snapshot.path_round <= max(flap.first_round, 5)


def test_a_flap_that_ends() -> None:
    """A path that has been at rest for a minute no longer flaps, since its last change."""

    def side(now_us: int) -> int:
        return every(5)(now_us) if now_us < 60_000_000 else SIDE_A

    world = World(routed(side), TraceSettings(rounds=160))
    snapshot = world.run()
    flap = snapshot.flap
    assert flap is not None
    [ended] = entries(snapshot, "path-flap-ended")
    assert ended.round == flap.last_round == 60
    assert ended.time_us == flap.ended_us
    assert snapshot.path_round == 60


def test_another_kind_of_probe_forgets_paths() -> None:
    """After the protocol has changed, a router of an earlier path is no return."""
    world = World(routed(after(20)), TraceSettings())
    world.run(until_s=40)
    world.group.change(world.now_us, {"protocol": "udp"})
    world.network = steady(6)
    snapshot = world.run(until_s=60)
    assert len(entries(snapshot, "path-changed")) == 1


def test_epochs_outlive_the_history_and_are_few() -> None:
    """A path that flaps for an hour leaves a handful of earlier paths and entries, not thousands."""
    watch_world = World(routed(every(5)), TraceSettings(rounds=1500))
    snapshot = watch_world.run()
    assert len(snapshot.epochs) <= 3
    assert len(entries(snapshot, "path-flap-change")) == 20
    assert len(snapshot.log_entries) <= 26
