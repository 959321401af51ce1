"""What a queue drops: loss that goes with waits, counted and placed with the queue."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.evidence.congestion import with_drops
from hopscope.app.insight.evidence.gather import gather
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.snapshot import UNANSWERED
from support.engines import TARGET
from support.snapshots import hop, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.path.snapshot import Snapshot

HOPS, QUEUE_AT = 7, 4
SHARE = 0.2


def is_full(at: int) -> bool:
    """Whether the queue is: fifteen seconds of every fifty."""
    return at % 50 >= 35


def traced(lost: Callable[[Random, int, int], bool], rounds: int, seed: int = 1) -> Snapshot:
    """A queue before hop 4 that is full at times; ``lost`` tells of a hop and a round whether its probe is."""
    chance = Random(seed)
    histories = [
        [
            UNANSWERED
            if lost(chance, ttl, at)
            else ttl * 2_000 + int(chance.expovariate(1 / 150)) + 50_000 * (ttl >= QUEUE_AT and is_full(at))
            for at in range(rounds)
        ]
        for ttl in range(1, HOPS + 1)
    ]
    return snapshot(
        TARGET,
        [hop(ttl, one, TARGET.address if ttl == HOPS else f"10.0.0.{ttl}") for ttl, one in enumerate(histories, 1)],
    )


def dropped(chance: Random, ttl: int, at: int) -> bool:
    """What a full queue drops."""
    return ttl >= QUEUE_AT and is_full(at) and chance.random() < SHARE


@pytest.mark.parametrize("seed", range(5))
def test_a_full_queue_drops_packets_where_it_is(seed: int) -> None:
    """The loss is told at the queue's own place, with the queue as its cause, and in the calm between as well."""
    for rounds in (150, 180, 230):
        shot = traced(dropped, rounds, seed)
        found = with_drops(gather(shot)).drops
        assert found is not None
        assert not found.gone
        assert found.place[0] < QUEUE_AT <= found.place[1]
        said = verdicts(shot)
        assert said.answer.rules[0] is rules.PATH_LOSS
        assert said.answer.place is not None
        assert found.place[0] <= said.answer.place.first_ttl < QUEUE_AT <= said.answer.place.last_ttl <= found.place[1]
        assert "with queueing there (mostly up to +" in said.sentence


@pytest.mark.parametrize("seed", range(5))
def test_loss_that_does_not_go_with_waits_is_no_drop(seed: int) -> None:
    """A bad line beside a queue, and a router beyond it that rate-limits its replies."""

    def bad_line(chance: Random, ttl: int, _at: int) -> bool:
        return ttl >= QUEUE_AT and chance.random() < SHARE / 3

    def limited(chance: Random, ttl: int, _at: int) -> bool:
        return ttl == QUEUE_AT + 1 and chance.random() < 0.5

    assert with_drops(gather(traced(bad_line, 230, seed))).drops is None
    assert with_drops(gather(traced(limited, 230, seed))).drops is None


def test_the_loss_has_ended_with_the_queue() -> None:
    """Once the queue has gone, both are told as ended, and what is lost is counted from then on."""
    chance = Random(3)
    histories = [
        [
            UNANSWERED
            if 60 <= at < 120 and ttl >= QUEUE_AT and chance.random() < SHARE
            else ttl * 2_000 + int(chance.expovariate(1 / 150)) + 50_000 * (ttl >= QUEUE_AT and 60 <= at < 120)
            for at in range(170)
        ]
        for ttl in range(1, HOPS + 1)
    ]
    shot = snapshot(
        TARGET,
        [hop(ttl, one, TARGET.address if ttl == HOPS else f"10.0.0.{ttl}") for ttl, one in enumerate(histories, 1)],
    )
    evidence = with_drops(gather(shot))
    assert evidence.drops is not None
    assert evidence.drops.gone
    assert evidence.drops.share == pytest.approx(SHARE, rel=0.3)
    assert evidence.counted_from == pytest.approx(121, abs=2)
    assert all(row.lost == 0 for row in evidence.rows)
    said = verdicts(shot)
    assert said.answer.status is Status.ENDED
    assert said.sentence.startswith("Queueing ended ")
    assert " % loss for " in said.sentence
