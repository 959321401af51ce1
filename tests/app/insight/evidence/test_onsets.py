"""Two places of loss: found where they are, and not where there is one."""

from __future__ import annotations

import random

import pytest
from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.course import looks
from hopscope.app.insight.evidence.loss import SECOND_GAIN
from hopscope.app.insight.evidence.onsets import two_onsets


def test_two_places_by_counts_worked_out_by_hand() -> None:
    """Hops 1-3 lose nothing, 4-7 8 of 100, 8-10 28 of 100: the cuts lie before hops 4 and 8."""
    rows = [Row(ttl, 0 if ttl < 4 else 8 if ttl < 8 else 28, 100) for ttl in range(1, 11)]
    two = two_onsets(rows)
    assert two is not None
    assert (two.near.ends, two.far.ends) == ((3, 4), (7, 8))
    # Against the best single cut, before hop 8 with a quarter of its rate before it at most: 32 of 700 and 84 of 300
    # there; 0 of 300, 32 of 400 and 84 of 300 here. 32 ln(.08/.0457) + 368 ln(.92/.9543) - 300 ln(.9543) = 18.5.
    assert two.gain == pytest.approx(18.5, abs=0.2)


@pytest.mark.parametrize("lost", [[0] * 6, [9] * 6, [0, 0, 9, 9, 9, 9], [0, 0, 0, 30, 8, 8]])
def test_one_place_or_none_is_not_two(lost: list[int]) -> None:
    """Nothing lost, all hops alike, a single cut, and loss that falls again."""
    two = two_onsets([Row(ttl, count, 100) for ttl, count in enumerate(lost, 1)])
    assert two is None or two.gain < 1


def test_an_hour_of_loss_at_one_place_is_not_told_as_two() -> None:
    """Of thirty hours looked at as often as the program looks, none reaches what two places are told from."""
    chance = random.Random(11)
    for _ in range(30):
        hops, at, share = chance.randint(6, 16), chance.randint(1, 4), chance.choice([0.02, 0.05, 0.1, 0.3])
        lost, before, best = [0] * hops, 0, 0.0
        for rounds in looks(3600):
            for hop in range(at - 1, hops):
                lost[hop] += sum(chance.random() < share for _ in range(rounds - before))
            before = rounds
            two = two_onsets([Row(ttl, count, rounds) for ttl, count in enumerate(lost, 1)])
            best = max(best, two.gain if two is not None else 0.0)
        assert best < SECOND_GAIN, (hops, at, share)


def test_two_lossy_links_are_told_apart_within_three_hundred_rounds() -> None:
    """Of twenty drawn pairs, the ranges hold the true hops, and all but few carry it by then."""
    chance = random.Random(3)
    told = 0
    for _ in range(20):
        hops = chance.randint(8, 16)
        near = chance.randint(2, hops - 5)
        far = chance.randint(near + 2, hops - 2)
        first = chance.uniform(0.04, 0.15)
        both = 1 - (1 - first) * (1 - first * chance.uniform(1.2, 2.5))
        rates = [0.0 if ttl < near else first if ttl < far else both for ttl in range(1, hops + 1)]
        rows = [Row(ttl, sum(chance.random() < rate for _ in range(300)), 300) for ttl, rate in enumerate(rates, 1)]
        two = two_onsets(rows)
        if two is not None and two.gain >= SECOND_GAIN:
            told += 1
            assert two.near.sure[0] < near <= two.near.sure[1]
            assert two.far.sure[0] < far <= two.far.sure[1]
    assert told >= 17
