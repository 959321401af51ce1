"""Where one loss begins: by counts worked out by hand, and in simulated paths of which the place is known."""

from __future__ import annotations

import random

from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.onset import onset


def rows(*lost: int, of: int = 100) -> list[Row]:
    """Hops 1, 2, ... that lost so many of as many probes."""
    return [Row(ttl, one, of) for ttl, one in enumerate(lost, 1)]


def test_many_losses_leave_one_place() -> None:
    """Ten hops, a tenth lost from the fifth on: no other place is possible."""
    found = onset(rows(0, 0, 0, 0, 10, 11, 9, 10, 12, 10))
    assert found.best_ttl == 5
    assert (found.place.ends, found.place.sure, found.place.alone) == ((4, 5), (4, 5), True)


def test_few_losses_leave_several_places() -> None:
    """Two of twenty at each of three hops: a clean hop before them may have been lucky."""
    found = onset(rows(0, 0, 0, 2, 2, 2, of=20))
    assert found.best_ttl == 4
    assert found.place.sure[0] < 3
    assert not found.place.alone


def test_a_hop_before_the_loss_may_be_a_limiter_of_its_own() -> None:
    """The first lossy hop loses a third of what those beyond do: loss may begin there, or beyond it."""
    found = onset(rows(0, 0, 7, 20, 21, 19, 20))
    assert found.place.sure == (2, 4)


def test_the_place_is_seldom_missed() -> None:
    """Of three hundred drawn paths the likely range holds the true hop in 95 %, the sure one in 99 %."""
    chance = random.Random(8)
    likely = sure = 0
    for _ in range(300):
        hops = chance.randint(5, 16)
        at, share, rounds = chance.randint(1, hops - 1), chance.uniform(0.03, 0.3), chance.choice([20, 40, 100])
        counts = [
            Row(ttl, sum(chance.random() < share for _ in range(rounds)) if ttl >= at else 0, rounds)
            for ttl in range(1, hops + 1)
        ]
        if not any(row.lost for row in counts):
            likely, sure = likely + 1, sure + 1
            continue
        place = onset(counts).place
        likely += place.ends[0] < at <= place.ends[1]
        sure += place.sure[0] < at <= place.sure[1]
    assert likely >= 285
    assert sure >= 297
