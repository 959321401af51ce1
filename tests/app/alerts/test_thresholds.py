"""Thresholds: how many losses raise an alert, and how many answers clear it."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.app.alerts.thresholds import crossings_a_day, is_clear, probes_needed, raises_at
from hopscope.app.statistics.exact_tests import proportion_interval

SECOND = 1_000_000


@pytest.mark.parametrize(("probes", "level"), [(100, 0.02), (30, 0.05), (60, 0.05), (1_000, 0.01)])
def test_both_conditions_hold_and_one_less_does_not(probes: int, level: float) -> None:
    """The lower bound is above the level, and chance passes the count once a day at most; one loss fewer fails one."""
    enough = raises_at(probes, level, SECOND)
    assert enough is not None
    for count, holds in ((enough, True), (enough - 1, False)):
        bound = proportion_interval(count, probes)[0] > level
        assert (bound and crossings_a_day(count, probes, level, SECOND) <= 1) is holds


def test_crossings_are_those_that_are_counted() -> None:
    """The formula agrees with windows that are counted by hand, within their own chance."""
    chance, probes, losses, share = Random(7), 20, 4, 0.05
    latest = [chance.random() < share for _ in range(probes)]
    held, crossings, turns = sum(latest), 0, 400_000
    for turn in range(turns):
        at, before = turn % probes, held
        held -= latest[at]
        latest[at] = chance.random() < share
        held += latest[at]
        crossings += before == losses - 1 and held == losses
    expected = crossings_a_day(losses, probes, share, SECOND) * turns / 86_400
    assert abs(crossings - expected) < 5 * expected**0.5


def test_too_few_probes_cannot_tell() -> None:
    """A window that could hold nothing but losses by chance never raises; the smallest that can is known."""
    assert raises_at(10, 0.5, SECOND) is None
    needed = probes_needed(0.5, SECOND, 1_000)
    assert needed is not None
    assert raises_at(needed, 0.5, SECOND) is not None
    assert raises_at(needed - 1, 0.5, SECOND) is None
    assert probes_needed(0.99, SECOND, 50) is None


def test_it_is_clear_when_half_the_level_is_excluded() -> None:
    """None lost of 299 excludes 1 %, half of 2 %; of 298 it does not, and one loss needs more answers."""
    assert is_clear(0, 299, 0.02)
    assert not is_clear(0, 298, 0.02)
    assert not is_clear(1, 299, 0.02)
    assert is_clear(1, 480, 0.02)
    assert not is_clear(0, 0, 0.02)
