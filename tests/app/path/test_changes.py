"""Path changes are told from load balancing."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import LogEntry


def changes(world: World) -> list[LogEntry]:
    return [entry for entry in world.paths[0].snapshot().log_entries if entry.kind == "path-changed"]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ways", [2, 3, 4, 16])
def test_load_balanced_hops_log_no_change(ways: int, seed: int) -> None:
    """A hundred rounds through three hops that balance each packet are no path change."""
    chance = random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 3 <= request.ttl <= 5:
            address = f"10.{request.ttl}.0.{chance.randrange(ways)}"
            return 5000, wire.Answer("ttl-expired", address, 5000)
        return steady(8)(now_us, request)

    world = World(network, TraceSettings(rounds=100))
    world.run()
    assert changes(world) == []


@pytest.mark.parametrize("loss", [0.0, 0.2])
@pytest.mark.parametrize("at_round", [8, 30, 200])
def test_one_change_is_one_event(at_round: int, loss: float) -> None:
    """A change at three hops, answers lost or not, is one event with its round, its hops and all addresses."""
    chance = random.Random(1)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if 4 <= request.ttl <= 6:
            if chance.random() < loss:
                return None
            side = 1 if now_us < at_round * 1_000_000 else 2
            return 5000, wire.Answer("ttl-expired", f"10.{side}.0.{request.ttl}", 5000)
        return steady(8)(now_us, request)

    world = World(network, TraceSettings(rounds=at_round + 40))
    world.run()
    [event] = changes(world)
    assert (event.first_ttl, event.last_ttl) == (4, 6)
    [epoch] = world.paths[0].snapshot().epochs
    assert (epoch.first_round, epoch.last_round) == (0, event.round - 1)
    assert [hop.ttl for hop in epoch.hops] == list(range(1, 9))
    assert [hop.addresses for hop in epoch.hops[2:4]] == [
        (("10.0.0.3", event.round),),
        (("10.1.0.4", epoch.hops[3].received),),
    ]
    assert epoch.hops[0].sent == event.round
    assert at_round <= event.round <= at_round + 2
    assert event.old == ("10.1.0.4", "10.1.0.5", "10.1.0.6")
    assert event.new == ("10.2.0.4", "10.2.0.5", "10.2.0.6")


def test_a_change_is_told_within_five_rounds() -> None:
    """Five answers of the new address after thirty of the old are enough."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 3 and now_us >= 30_000_000:
            return 5000, wire.Answer("ttl-expired", "10.9.9.9", 5000)
        return steady(5)(now_us, request)

    world = World(network, TraceSettings())
    world.run(until_s=34.1)
    assert changes(world) == []
    world.run(until_s=35.0)
    assert len(changes(world)) == 1


def test_a_change_among_balanced_routers() -> None:
    """When one of two balanced routers gives way to a third, that is one change."""
    chance = random.Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 3:
            address = chance.choice(("10.1.1.1", "10.1.1.2" if now_us < 50_000_000 else "10.1.1.3"))
            return 5000, wire.Answer("ttl-expired", address, 5000)
        return steady(5)(now_us, request)

    world = World(network, TraceSettings(rounds=150))
    world.run()
    assert [(event.old, event.new) for event in changes(world)] == [(("10.1.1.2",), ("10.1.1.3",))]


def test_a_change_and_back_are_two_events() -> None:
    """A path that goes back to its earlier routers has changed twice."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 3 and 30_000_000 <= now_us < 60_000_000:
            return 5000, wire.Answer("ttl-expired", "10.9.9.9", 5000)
        return steady(5)(now_us, request)

    world = World(network, TraceSettings(rounds=100))
    world.run()
    assert [event.new for event in changes(world)] == [("10.9.9.9",), ("10.0.0.3",)]


def test_a_longer_path_is_one_event() -> None:
    """A path that becomes longer by a hop is one change, and the target is found again behind it."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if now_us < 20_000_000:
            return steady(5)(now_us, request)
        if request.ttl >= 6:
            return 9000, wire.Answer("reply", request.address, 9000)
        return 9000, wire.Answer("ttl-expired", f"10.7.0.{request.ttl}" if request.ttl > 2 else "10.0.0.1", 9000)

    world = World(network, TraceSettings(rounds=60))
    snapshot = world.run()
    assert len(changes(world)) == 1
    assert len(snapshot.hops) == 6
    assert snapshot.reached
