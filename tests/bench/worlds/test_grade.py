"""Tests what is called right, undecided and wrong."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.probe.wire import ProbeRequest

from bench.worlds.draw import TARGET_ADDRESS, Terrain, World, a_loss, build, terrain
from bench.worlds.grade import grade
from bench.worlds.kinds_loss import loss_trouble
from bench.worlds.limits import TokenBucket
from bench.worlds.loss import During, Steady
from bench.worlds.observed import Claim, Observed
from bench.worlds.oracle import Oracle
from bench.worlds.queues import DelayDuring, Queue, poisson
from bench.worlds.truth import Kind, Trouble, Truth

AT_S = 300.3


def watched(ground: Terrain, truth: Truth, seconds: int = 300) -> World:
    """A world of which each hop was probed once a second."""
    world = build(ground, truth)
    for second in range(seconds):
        for hop in range(1, world.hops + 1):
            world.network(second * 1_000_000 + hop * 50_000, ProbeRequest(4, TARGET_ADDRESS, ttl=hop))
    return world


def ground_of(hops: int) -> Terrain:
    """A quiet path of so many hops."""
    return terrain(Random(3), hops, hops)


def lossy(hop: int, share: float, *, seconds: int = 300, bursts: bool = False) -> World:
    """Ten hops and loss before one of them."""
    ground = ground_of(10)
    process, burst_s = a_loss(ground.chance, share, bursts=bursts) if bursts else (Steady(share), 0.0)
    ground.lose(hop, process)
    return watched(ground, Truth((loss_trouble(ground, hop, share, burst_s),)), seconds)


def says(*kinds: Kind, first: int = 0, last: int = 0, between: bool = False) -> Observed:
    """An answer of one claim."""
    return Observed((Claim(frozenset(kinds), first, last or first, between=between),), "", "")


def test_loss_in_its_place_is_right() -> None:
    """At the very hop, and in a range of three around it."""
    world = lossy(5, 0.1)
    assert grade(world, says("loss", first=5), AT_S).mark == "right"
    assert grade(world, says("loss", first=3, last=6, between=True), AT_S).mark == "right"


@pytest.mark.parametrize(
    ("read", "mark"),
    [
        (says("loss", first=7), "wrong"),
        (says("queue", first=5), "wrong"),
        (says("fine"), "wrong"),
        (says("early"), "undecided"),
        (says("loss", "limiter", first=5), "right"),  # a limiter besides is harmless to name
        (says("loss", "outage", first=5), "undecided"),
        (says("limiter", first=5), "wrong"),
        (says("loss", first=2, last=8, between=True), "undecided"),
    ],
)
def test_what_else_may_be_said_of_plain_loss(read: Observed, mark: str) -> None:
    """Another place, another cause or calm is wrong; what could be decided and is left open is undecided."""
    assert grade(lossy(5, 0.1), read, AT_S).mark == mark


def test_openness_is_right_where_nothing_can_be_known() -> None:
    """One per cent in ten rounds has hardly lost anything."""
    world = lossy(5, 0.01, seconds=10)
    assert grade(world, says("fine"), 10.3).mark == "right"
    assert grade(world, says("early"), 10.3).mark == "right"


def test_a_limit_at_the_target_may_be_left_open() -> None:
    """Loss on the last link or a limit of the target: either is right as long as the truth is among them."""
    world = lossy(10, 0.1)
    assert grade(world, says("loss", "limiter", first=10), AT_S).mark == "right"
    assert grade(world, says("limiter", first=10), AT_S).mark == "wrong"


def test_a_false_alarm_is_wrong() -> None:
    """Where nothing is wrong all but calm and harmless things is so."""
    world = watched(ground_of(8), Truth())
    assert grade(world, says("fine"), AT_S).mark == "right"
    assert grade(world, says("early"), AT_S).mark == "undecided"
    assert grade(world, says("loss", first=3), AT_S).mark == "wrong"
    assert grade(world, says("queue", first=3), AT_S).mark == "wrong"


def test_too_early_is_not_said_for_long() -> None:
    """Where nothing is wrong for traffic, after a minute something can be said; a limiter changes nothing of that."""
    ground = ground_of(8)
    ground.routers[3].limits.append(TokenBucket(0.5, 3))
    world = watched(ground, Truth((Trouble("limiter", 4, 4, also=frozenset({"fine"})),)))
    assert grade(world, says("early"), 30.3).mark == "right"
    assert grade(world, says("early"), AT_S).mark == "undecided"
    assert grade(world, says("fine"), AT_S).mark == "right"


def test_ended_loss_is_not_told_as_present() -> None:
    """Once its silence would be a wonder it is ended, and nothing need be said of it a minute later."""
    ground = ground_of(10)
    ground.lose(5, Steady(0.0))
    trouble = loss_trouble(ground, 5, 0.2, since_s=60.0, until_s=100.0)
    world = watched(ground, Truth((trouble,)))
    present = says("loss", first=5)
    ended = Observed((Claim(frozenset({"loss"}), 5, 5, "ended"),), "", "")
    assert grade(world, present, 101.0).mark == "right"
    assert grade(world, present, 200.0).mark == "wrong"
    assert grade(world, ended, 130.0).mark == "right"
    assert grade(world, says("fine"), 200.0).mark == "right"


@pytest.mark.parametrize("bursts", [False, True])
def test_the_oracle_tells_the_place_of_loss(bursts: bool) -> None:
    """With five minutes of a tenth lost the true hop is open and those three away are not."""
    world = lossy(5, 0.1, bursts=bursts)
    trouble = world.truth.troubles[0]
    oracle = Oracle(world)
    assert oracle.detects(trouble, AT_S)
    left = oracle.open_places(trouble, AT_S)
    assert 5 in left
    assert not left & {1, 2, 8, 9, 10}


def test_the_oracle_sees_no_loss_where_none_was() -> None:
    """A tenth that was never lost cannot be detected."""
    ground = ground_of(10)
    ground.lose(5, Steady(0.0))
    world = watched(ground, Truth((loss_trouble(ground, 5, 0.1),)))
    assert not Oracle(world).detects(world.truth.troubles[0], AT_S)


def test_the_oracle_tells_the_place_of_a_queue() -> None:
    """A queue of tens of milliseconds leaves no hop but its own open."""
    ground = ground_of(10)
    ground.delay(6, Queue(poisson(ground.chance, load=0.8, work_us=20_000)))
    trouble = Trouble("queue", 6, 6)
    world = watched(ground, Truth((trouble,)))
    assert Oracle(world).detects(trouble, AT_S)
    assert Oracle(world).open_places(trouble, AT_S) == {6}


def test_the_time_and_the_share_that_are_told_must_be_so() -> None:
    """Loss that begins after a hundred seconds is dated to some seconds, and its share is that since then."""
    ground = ground_of(10)
    ground.lose(5, During(Steady(0.2), 100.0, 1e9))
    world = watched(ground, Truth((loss_trouble(ground, 5, 0.2, since_s=100.0),)))

    def told(since_s: float | None, share: float) -> str:
        claim = Claim(frozenset({"loss"}), 5, 5, since_s=since_s, share=share)
        return grade(world, Observed((claim,), "", ""), AT_S).mark

    assert told(103.0, 0.18) == "right"
    assert told(None, 0.18) == "undecided"
    assert told(30.0, 0.18) == "wrong"
    assert told(103.0, 0.05) == "wrong"


def test_a_queue_that_is_empty_for_now_may_be_told_as_ended() -> None:
    """It comes and goes by itself: a minute after it was felt last both are so, and after a while it is no news."""
    ground = ground_of(10)
    ground.delay(5, DelayDuring(Queue(poisson(ground.chance, load=0.8, work_us=20_000)), 0, 200))
    world = watched(ground, Truth((Trouble("queue", 5, 5, figure=80),)))
    ended = Observed((Claim(frozenset({"queue"}), 5, 5, "ended"),), "", "")
    assert grade(world, ended, 190.3).mark == "wrong"
    assert grade(world, ended, 250.3).mark == "right"
    assert grade(world, says("queue", first=5), 250.3).mark == "right"
    assert grade(world, says("fine"), 250.3).mark == "wrong"
    assert grade(world, says("fine"), AT_S).mark == "right"
