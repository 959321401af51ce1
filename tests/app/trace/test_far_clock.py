"""How far another machine's clock is ahead, by exchanges."""

from __future__ import annotations

import random

import pytest
from hopscope.app.trace.far_clock import AT_FIRST, DRIFT_PPM, EVERY, KEPT, ClockOffset, FarClock

AHEAD_US = 1_700_000_000_000_000


def exchange(clock: FarClock, now_us: int, there_us: int, back_us: int, ahead_us: int = AHEAD_US) -> int:
    """One that takes so long in each direction; when it is over."""
    clock.exchanged(now_us, now_us + there_us + back_us, now_us + there_us + ahead_us)
    return now_us + there_us + back_us


def begun(there_us: int = 400, back_us: int = 400) -> tuple[FarClock, int]:
    """One whose first exchanges are over, and the time."""
    clock, now_us = FarClock(), 5_000_000
    for _ in range(AT_FIRST):
        assert clock.is_beginning
        now_us = exchange(clock, now_us, there_us, back_us)
    assert not clock.is_beginning
    return clock, now_us


def test_a_symmetric_exchange_gives_the_offset() -> None:
    """The middle of an exchange is when the other clock was read, and half of the exchange is the bound."""
    clock, now_us = begun()
    assert clock.offset(now_us) == ClockOffset(AHEAD_US, 400)


@pytest.mark.parametrize(("there_us", "back_us"), [(80_000, 0), (0, 80_000), (50_000, 1_000)])
def test_asymmetry_is_within_the_bound(there_us: int, back_us: int) -> None:
    """What one direction takes longer is an error of half of that, which the bound holds."""
    clock, now_us = begun(there_us, back_us)
    found = clock.offset(now_us)
    assert found is not None
    assert found.offset_us - AHEAD_US == (there_us - back_us) // 2
    assert abs(found.offset_us - AHEAD_US) <= found.bound_us == (there_us + back_us) // 2


def test_the_quickest_exchange_binds() -> None:
    """One that waited in a queue says less, and one that did not says more."""
    clock, now_us = begun(40_000, 40_000)
    now_us = exchange(clock, now_us, 150, 350)
    now_us = exchange(clock, now_us, 90_000, 1_000)
    found = clock.offset(now_us)
    assert found is not None
    assert found.offset_us == AHEAD_US - 100
    assert found.bound_us == 250 + 91_000 * DRIFT_PPM // 1_000_000


def test_a_clock_that_runs_away_stays_within_the_bound() -> None:
    """As fast as RFC 5905 lets one, with queues on either side: what is known holds at all times."""
    luck = random.Random(5)
    clock, now_us = FarClock(), 0
    for _ in range(500):
        drift_us = now_us * DRIFT_PPM // 1_000_000
        now_us = exchange(clock, now_us, luck.randrange(100, 30_000), luck.randrange(100, 30_000), AHEAD_US + drift_us)
        found = clock.offset(now_us)
        assert found is not None
        assert abs(found.offset_us - AHEAD_US - drift_us) <= found.bound_us + 2
        now_us += 8_000_000
    assert not clock.stepped


def test_a_clock_that_is_set_is_told() -> None:
    """What was known before is void, and it is news, once."""
    clock, now_us = begun()
    assert clock.news(now_us) == ClockOffset(AHEAD_US, 400)
    assert clock.news(now_us) is None
    now_us = exchange(clock, now_us, 500, 500, AHEAD_US + 3_600_000_000)
    stepped = clock.stepped
    assert clock.news(now_us) == ClockOffset(AHEAD_US + 3_600_000_000, 500)
    assert (stepped, clock.stepped) == (True, False)
    assert clock.news(now_us) is None


def test_news_is_what_is_a_third_surer() -> None:
    """A report is told once; a better bound is told, a slightly better one is not."""
    clock, now_us = begun(3_000, 3_000)
    assert clock.news(now_us) == ClockOffset(AHEAD_US, 3_000)
    now_us = exchange(clock, now_us, 2_900, 2_900)
    assert clock.news(now_us) is None
    now_us = exchange(clock, now_us, 1_900, 1_900)
    assert clock.news(now_us) == ClockOffset(AHEAD_US, 1_900)


def test_nothing_is_told_before_the_first_exchanges_are_over() -> None:
    """One exchange may have been slow by chance."""
    clock = FarClock()
    exchange(clock, 0, 10, 10)
    assert clock.is_new
    assert clock.news(20) is None
    assert not clock.is_new


def test_it_is_asked_seldom_later() -> None:
    """The first beat, and one in so many; what is kept is bounded."""
    clock = FarClock()
    assert [clock.is_due() for _ in range(2 * EVERY)] == [at % EVERY == 0 for at in range(2 * EVERY)]
    now_us = 0
    for _ in range(10 * KEPT):
        now_us = exchange(clock, now_us, 1_000, 1_000)
    assert len(clock._kept) == KEPT


def test_a_clock_that_runs_back_during_an_exchange_is_taken() -> None:
    """Our own stamps never do; were they equal, the bound is zero and nothing breaks."""
    clock = FarClock()
    clock.exchanged(10, 10, 7)
    assert clock.offset(10) == ClockOffset(-3, 0)
