"""How long loss has to be silent to have ended: worked-out values, and bursts told from chance."""

from __future__ import annotations

import random

from hopscope.app.path.silences import between_bursts, is_too_long


def test_a_silence_is_too_long_by_how_clean_rounds_turned_lossy_before() -> None:
    """One run after 95 clean rounds: (100 / (100 + x)) ** 2 falls below 1 % with x = 901."""
    assert not is_too_long(900, 1, 95)
    assert is_too_long(901, 1, 95)
    # Twenty runs in as many clean rounds: (100 / (100 + x)) ** 21 * 20 < 0.01 from x = 44 on.
    assert not is_too_long(43, 20, 95)
    assert is_too_long(44, 20, 95)


def test_silences_between_bursts_are_told_from_those_within() -> None:
    """Median 1, so up to eight rounds are within a burst; two are longer, and part three bursts."""
    assert between_bursts([1, 1, 2, 1, 60, 1, 2, 1, 40, 1]) == (8, 3, 84)


def test_one_silence_of_a_quarter_of_a_minute_is_no_space_between_bursts() -> None:
    """Nor is it where the rest are short by chance."""
    assert between_bursts([1, 1, 1, 15]) == (0, 0, 0)


def test_silences_of_steady_loss_are_no_bursts() -> None:
    """Of a hundred runs of steady loss few have a silence that looks like one between bursts."""
    chance = random.Random(5)
    told = 0
    for _ in range(100):
        rate = chance.uniform(0.05, 0.4)
        silences, clean = [], 0
        for _ in range(300):
            if chance.random() < rate:
                silences += [clean] if clean else []
                clean = 0
            else:
                clean += 1
        told += between_bursts(silences)[0] > 0
    assert told <= 5


def test_no_silence_parts_no_bursts() -> None:
    """Loss that has not paused yet."""
    assert between_bursts([]) == (0, 0, 0)
