"""Alerts on shares: raised when the window can tell, cleared when half the level is excluded, seldom by chance."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.app.alerts.expression import Window
from hopscope.app.alerts.share_watch import ClearBelow, ShareWatch
from hopscope.app.alerts.thresholds import raises_at

SECOND = 1_000_000


def turns(watch: ShareWatch, hits: str, begin: int = 0) -> list[tuple[int, bool]]:
    """At which of a row of probes, ``x`` being lost, it turned, and to what."""
    return [
        (begin + at, watch.raised) for at, mark in enumerate(hits) if watch.take((begin + at) * SECOND, hit=mark == "x")
    ]


def test_it_is_raised_with_the_loss_that_is_enough() -> None:
    """As many losses as the threshold says raise it, at the last of them, since the first."""
    watch = ShareWatch(0.02, Window(probes=100), SECOND)
    enough = raises_at(100, 0.02, SECOND)
    assert enough is not None
    assert turns(watch, "." * 200 + "x" * (enough - 1)) == []
    assert turns(watch, "x", 200 + enough - 1) == [(200 + enough - 1, True)]
    assert watch.since_us == 200 * SECOND
    assert (watch.share.hits, watch.share.probes) == (enough, 100)


def test_it_is_cleared_after_enough_answers_and_begins_anew() -> None:
    """299 answers in a row clear an alert of 2 %; the losses before them raise it no more."""
    watch = ShareWatch(0.02, Window(probes=1_000), SECOND)
    turns(watch, "x" * 60)
    assert watch.raised
    assert turns(watch, "." * 299, 60) == [(60 + 298, False)]
    assert turns(watch, "x", 400) == []


def test_a_loss_now_and_then_keeps_it_raised() -> None:
    """Where one in 100 is lost, half of 2 % is not excluded for long."""
    watch = ShareWatch(0.02, Window(probes=100), SECOND)
    turns(watch, "x" * 20)
    assert turns(watch, ("." * 99 + "x") * 10, 20) == []
    assert watch.raised


def test_a_window_of_time_forgets_by_time() -> None:
    """Losses that are older than the window count no more, however few probes came since."""
    watch = ShareWatch(0.05, Window(length_us=30 * SECOND), SECOND)
    enough = raises_at(30, 0.05, SECOND)
    assert enough is not None
    turns(watch, "x" * (enough - 1))
    assert not watch.take(100 * SECOND, hit=True)
    assert watch.share.hits == 1


def test_the_users_own_end() -> None:
    """With a condition of its own it is cleared after the whole time, where less than that was lost."""
    watch = ShareWatch(0.05, Window(probes=60), SECOND, ClearBelow(0.03, 60 * SECOND))
    turns(watch, "x" * 20)
    assert watch.raised
    assert turns(watch, "." * 30 + "x" + "." * 40, 20) == [(20 + 59, False)]


def test_what_came_late_was_no_loss() -> None:
    """A loss that is taken back does not count towards the next raise."""
    watch = ShareWatch(0.02, Window(probes=100), SECOND)
    enough = raises_at(100, 0.02, SECOND)
    assert enough is not None
    turns(watch, "x" * (enough - 1))
    watch.take_back(0)
    assert turns(watch, "x", enough) == []
    assert turns(watch, "x", enough + 1) == [(enough + 1, True)]


@pytest.mark.parametrize(("window", "level"), [(Window(probes=100), 0.02), (Window(length_us=30 * SECOND), 0.05)])
def test_at_the_level_itself_it_is_raised_at_most_once_a_day(window: Window, level: float) -> None:
    """With a true share as large as the level, ten days raise it no more than ten times."""
    chance, watch, raised = Random(11), ShareWatch(level, window, SECOND), 0
    for at in range(10 * 86_400):
        if watch.take(at * SECOND, hit=chance.random() < level):
            raised += watch.raised
    assert raised <= 10


def test_a_share_well_above_the_level_is_told_soon() -> None:
    """Ten times the level is told within a window's length, whatever the chance."""
    for seed in range(20):
        chance, watch, at = Random(seed), ShareWatch(0.02, Window(probes=100), SECOND), 0
        while not watch.take(at * SECOND, hit=chance.random() < 0.2):
            at += 1
        assert at <= 110
