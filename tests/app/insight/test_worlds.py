"""Tests the answer in a small fixed set of worlds that know nothing of the rules; ``bench.score`` draws many more."""

from __future__ import annotations

from itertools import pairwise

import pytest
from bench.worlds.drive import Trace
from bench.worlds.grade import grade
from bench.worlds.kinds import draw

JUDGED = (30, 100, 300)
WORLDS = (
    "clean:1",
    "silent-routers:1",
    "slow-routers:1",
    "asymmetric:1",
    "limiter-middle:1",
    "limiter-middle:2",
    "limiter-several:1",
    "limiter-target:2",
    "loss-steady:1",
    "loss-bursts:2",
    "loss-return:1",
    "loss-last-link:1",
    "loss-two-links:1",
    "loss-and-limiter:1",
    "loss-after-silence:1",
    "balance-packet:1",
    "change-same:1",
    "change-longer:1",
    "change-shorter:1",
    "outage-silent:1",
    "outage-target:1",
    "outage-unreachable:1",
    "outage-unreachable:2",
    "silent-target:1",
    "queue-access:1",
    "queue-middle:1",
    "queue-last-link:1",
    "queue-after-slow-router:1",
    "queue-wifi:1",
    "congestion:1",
)
# Kinds in which nothing changes and the answer did; the goal of the worst of all worlds.
CALM = (
    "congestion:2",
    "queue-access:2",
    "queue-after-slow-router:2",
    "queue-wifi:2",
)
CALM_FROM, CHANGES_MAX = 10, 4
# Paths that balance each packet and seemed to have changed in their first seconds.
BALANCED = ("balance-packet:2030.0", "balance-packet:2030.5", "balance-unequal:1")


@pytest.mark.parametrize("world_and_seed", CALM)
def test_the_answer_does_not_change_where_nothing_does(world_and_seed: str) -> None:
    """Class and place, read after every round."""
    trace = Trace(draw(*world_and_seed.split(":")))
    keys = [trace.read(rounds).key for rounds in range(CALM_FROM, JUDGED[-1] + 1)]
    assert sum(one != other for one, other in pairwise(keys)) <= CHANGES_MAX


@pytest.mark.parametrize("world_and_seed", BALANCED)
def test_nothing_is_wrong_with_balanced_load(world_and_seed: str) -> None:
    """In no round of the first minute: no fault, no warning, no change."""
    trace = Trace(draw(*world_and_seed.split(":")))
    for rounds in range(5, 61):
        read = trace.read(rounds)
        assert read.severity in {"fine", "note"}, f"round {rounds}: {read.text}"


def test_ten_rounds_speak_of_what_the_table_shows() -> None:
    """A hop that has lost eight of ten is named, whatever else has to be."""
    trace = Trace(draw("limiter-several", "61002.53"))
    read = trace.read(10)
    assert trace.addressed(read), read.text


@pytest.mark.parametrize("world_and_seed", WORLDS)
def test_the_answer_is_never_wrong(world_and_seed: str) -> None:
    """After 30, 100 and 300 rounds the answer says nothing that is not so, and does not call well what is not."""
    world = draw(*world_and_seed.split(":"))
    trace = Trace(world)
    for rounds in JUDGED:
        read = trace.read(rounds)
        judged = grade(world, read, trace.at_s)
        assert judged.mark != "wrong", f"round {rounds}: {read.text} ({judged.why})"
