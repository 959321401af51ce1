"""Tests the answer in a small fixed set of worlds that know nothing of the rules; ``bench.score`` draws many more."""

from __future__ import annotations

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
)


@pytest.mark.parametrize("world_and_seed", WORLDS)
def test_the_answer_is_never_wrong(world_and_seed: str) -> None:
    """After 30, 100 and 300 rounds the answer says nothing that is not so, and does not call well what is not."""
    world = draw(*world_and_seed.split(":"))
    trace = Trace(world)
    for rounds in JUDGED:
        read = trace.read(rounds)
        judged = grade(world, read, trace.at_s)
        assert judged.mark != "wrong", f"round {rounds}: {read.text} ({judged.why})"
