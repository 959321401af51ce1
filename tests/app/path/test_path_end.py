"""The row that stands for the target stands still."""

from __future__ import annotations

import random

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World, steady

SHORT, LONG = 6, 8


@pytest.mark.parametrize("seed", range(5))
def test_paths_of_unequal_length(seed: int) -> None:
    """Where each packet takes a path of six or of eight hops, the target's row is hop 8, and the answer stays fine."""
    chance = random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        hops = chance.choice((SHORT, LONG))
        if 3 <= request.ttl < hops:
            return 9_000, wire.Answer("ttl-expired", f"10.{hops}.0.{request.ttl}", 9_000)
        return steady(hops)(now_us, request)

    world = World(network, TraceSettings())
    for second in range(12, 150):
        snapshot = world.run(until_s=second + 0.9)
        assert len(snapshot.hops) == LONG, second
        assert snapshot.reached
        if second > 20:
            assert verdicts(snapshot).severity in {"note", "fine"}, verdicts(snapshot).sentence


def test_a_path_that_becomes_shorter() -> None:
    """Once the change is known, the target's row is the nearer one."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return steady(8 if now_us < 30_000_000 else 6)(now_us, request)

    world = World(network, TraceSettings())
    assert len(world.run(until_s=29.9).hops) == 8
    assert len(world.run(until_s=37).hops) == 6
