"""When the RTT moves to another level: told soon, wherever it comes, and hardly ever without cause."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.path.rtt_level import CONFIRMED, KNOWN, SEEMS, Level, RttLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

HOUR = 3600


def told(times_us: Iterable[float]) -> tuple[list[tuple[int, int]], list[tuple[int, Level]]]:
    """In which rounds a level seemed to begin, with its first round, and in which one was confirmed."""
    level = RttLevel()
    seemed: list[tuple[int, int]] = []
    confirmed = []
    seeming = False
    for number, time_us in enumerate(times_us):
        found = level.answered(number, int(time_us))
        if found is not None:
            confirmed.append((number, found))
        now = level.seeming
        if now is not None and not seeming:
            seemed.append((number, now.first))
        seeming = now is not None
    return seemed, confirmed


def quiet(chance: Random, rounds: int, base_us: float = 20_000) -> list[float]:
    """A path with a little noise."""
    return [base_us + chance.expovariate(1 / 300) for _ in range(rounds)]


@pytest.mark.parametrize("at", [KNOWN, 33, 80, 500, 2_999])
@pytest.mark.parametrize("step_us", [20_000, -8_000, 2_500])
def test_a_step_is_told_wherever_it_comes(at: int, step_us: int) -> None:
    """It seems so after six answers and is so after 22, up or down, and its first round is the true one."""
    chance = Random(at)
    seemed, confirmed = told([*quiet(chance, at), *quiet(chance, 40, 20_000 + step_us)])
    assert len(confirmed) == 1
    number, level = confirmed[0]
    assert at + CONFIRMED - 1 <= number <= at + CONFIRMED + 6
    assert at - 1 <= level.first <= at + 2
    assert abs(level.step_us - step_us) < 200
    assert at + SEEMS - 1 <= seemed[0][0] <= at + SEEMS + 4


def test_clean_hours_have_no_shift() -> None:
    """Not one in forty hours."""
    assert [told(quiet(Random(seed), HOUR)) for seed in range(40)] == [([], [])] * 40


def test_a_heavy_tail_is_no_shift() -> None:
    """Bounds are ranks of what was seen, so the shape of the noise does not matter."""
    for seed in range(20):
        chance = Random(seed)
        assert told([20_000 + min(200_000, 3_000 * chance.paretovariate(1.2)) for _ in range(HOUR)]) == ([], [])


def test_a_shift_beneath_a_heavy_tail_is_told_all_the_same() -> None:
    """One answer in twenty-five that waits hides no step of 20 ms."""
    chance = Random(5)
    times_us = [
        one + (chance.uniform(10_000, 80_000) if chance.random() < 0.04 else 0)
        for one in [*quiet(chance, 300), *quiet(chance, 60, 40_000)]
    ]
    ((number, level),) = told(times_us)[1]
    assert number <= 330
    assert level.first in range(298, 303)


def test_queues_that_come_and_go_are_no_shift() -> None:
    """Ten seconds full, twenty empty: once it is known that stretches end, hardly one is taken for a level."""
    seemed = confirmed = 0
    for seed in range(20):
        chance = Random(seed)
        full, until, times_us = False, 0.0, []
        for number in range(HOUR):
            while number >= until:
                full = not full
                until += chance.expovariate(1 / (10 if full else 20))
            times_us.append(20_000 + chance.expovariate(1 / 300) + full * (60_000 - 3_000 * chance.random()))
        first, last = told(times_us)
        seemed += len(first)
        confirmed += sum(not level.back for _, level in last)
    assert seemed <= 20 * 4
    assert confirmed <= 20


def test_a_ramp_is_no_level() -> None:
    """What rises on and on does not lie close together."""
    chance = Random(3)
    assert told([*quiet(chance, 60), *(20_000 + 1_000 * at for at in range(60))])[1] == []


def test_a_level_that_returns_is_back() -> None:
    """A rise that lasted a minute is no second shift when it ends, and the next one has to last far longer."""
    chance = Random(2)
    rise = [*quiet(chance, 60, 50_000), *quiet(chance, 60)]
    confirmed = told([*quiet(chance, 100), *rise, *rise])[1]
    assert [(level.step_us > 0, level.back) for _, level in confirmed] == [(True, False), (False, True)]
