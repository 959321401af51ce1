"""Bursts of loss: told from several hops together, apart from steady loss and from hops that limit their replies."""

from __future__ import annotations

import random

from hopscope.app.path.bursts import Bursts

HEARD = 0b111_1111_1110  # hops 1 to 10
BEYOND_4 = 0b111_1111_0000  # hops 4 to 10


def test_two_bursts_are_told_with_their_rounds() -> None:
    """Rounds 100 to 103 and 200 to 201, in which all hops from the fourth on lose."""
    bursts = Bursts()
    for number in range(300):
        lost = BEYOND_4 if 100 <= number < 104 or 200 <= number < 202 else 0
        bursts.round(number, 1_000_000 * number, lost, HEARD)
    assert [(one.first_round, one.last_round, one.lost, one.first_ttl) for one in bursts.kept] == [
        (100, 103, 28, 4),
        (200, 201, 14, 4),
    ]
    assert [one.time_us for one in bursts.kept] == [100_000_000, 200_000_000]


def test_one_hop_alone_makes_no_burst() -> None:
    """It may rate-limit its replies, whatever it loses in a row."""
    bursts = Bursts()
    for number in range(100):
        bursts.round(number, 0, 1 << 6 if 40 <= number < 60 else 0, HEARD)
    assert bursts.kept == ()


def test_steady_loss_has_hardly_any_short_bursts() -> None:
    """Of twenty hours of 2 to 10 % loss from the fourth hop on, few have two of them that are short."""
    many = 0
    for seed in range(20):
        chance = random.Random(seed)
        share, bursts, short = chance.choice([0.02, 0.05, 0.1]), Bursts(), set()
        for number in range(3600):
            lost = sum(1 << ttl for ttl in range(4, 11) if chance.random() < share)
            bursts.round(number, 0, lost, HEARD)
        short = {one.first_round for one in bursts.kept if one.last_round - one.first_round < 30}
        many += len(short) > 1
    assert many <= 4


def test_answers_that_come_late_take_a_burst_back() -> None:
    """With fewer than five lost probes it was none."""
    bursts = Bursts()
    for number in range(20):
        bursts.round(number, 0, 0b1110_0000 if number in {5, 6} else 0, HEARD)
    assert [one.lost for one in bursts.kept] == [6]
    for ttl in (5, 6):
        bursts.late(5, ttl)
    assert not bursts.kept


def test_another_path_begins_without_bursts() -> None:
    """What was lost on the path before says nothing of the new one."""
    bursts = Bursts()
    for number in range(6):
        bursts.round(number, 0, BEYOND_4, HEARD)
    assert len(bursts.kept) == 1
    bursts.restart()
    assert not bursts.kept
