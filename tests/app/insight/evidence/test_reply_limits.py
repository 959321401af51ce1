"""Sorting hops into sound ones and limiters: seldom wrong over many hops and looks, and steady."""

from __future__ import annotations

import random
from itertools import accumulate

from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.reply_limits import sort_hops

NONE: frozenset[int] = frozenset()
HOPS = 30


def lossy_hour(seed: int, *, at: int, share: float, rounds: int = 3600) -> list[list[int]]:
    """For each hop, how many probes are lost up to each round: as many at all hops from ``at`` on, each by chance."""
    chance = random.Random(seed)
    return [
        list(accumulate(int(ttl >= at and chance.random() < share) for _ in range(rounds)))
        for ttl in range(1, HOPS + 1)
    ]


def test_no_hop_of_many_is_taken_for_a_limiter_by_chance() -> None:
    """L3 over thirty hops that lose alike, looked at again and again for an hour: false in none of twenty-five."""
    told = []
    for seed in range(25):
        lost = lossy_hour(seed, at=2, share=0.1)
        for rounds in [*range(10, 120, 2), *range(120, 3601, 40)]:
            rows = [Row(ttl, counts[rounds - 1], rounds) for ttl, counts in enumerate(lost, 1)]
            if sort_hops(rows, rows[-1], NONE)[1]:
                told.append((seed, rounds))
                break
    assert told == []


def test_the_more_limiters_are_found_the_fewer_tests_remain() -> None:
    """Holm: a hop whose excess is not enough among thirty is told where most of the others are told already."""
    end = Row(HOPS, 0, 40)
    alone = [*(Row(ttl, 0, 40) for ttl in range(1, HOPS - 1)), Row(HOPS - 1, 13, 40), end]
    among = [*(Row(ttl, 39, 40) for ttl in range(1, HOPS - 1)), Row(HOPS - 1, 13, 40), end]
    assert [entry.row.ttl for entry in sort_hops(alone, end, NONE)[1]] == []
    assert [entry.row.ttl for entry in sort_hops(among, end, NONE)[1]] == list(range(1, HOPS))


def test_a_limiter_is_held_up_to_five_times_the_level() -> None:
    """Hysteresis: what was told lately stays while its p-value is not clearly above the level."""
    end = Row(3, 0, 40)

    def told(lost: int, held: frozenset[int]) -> bool:
        return bool(sort_hops([Row(1, 0, 40), Row(2, lost, 40), end], end, held)[1])

    least = next(lost for lost in range(40) if told(lost, NONE))
    least_held = next(lost for lost in range(40) if told(lost, frozenset({2})))
    assert least_held < least
    assert not told(least_held, NONE)
