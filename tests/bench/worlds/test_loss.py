"""Tests the loss of links against what the mathematics says."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from bench.worlds.loss import During, GilbertElliott, Periodic, Steady, TailDrop
from bench.worlds.queues import Shift


@pytest.mark.parametrize(("good_s", "bad_s", "bad_share"), [(5.0, 0.5, 0.8), (60.0, 20.0, 0.5), (2.0, 2.0, 1.0)])
def test_the_mean_loss_is_that_of_the_chain(good_s: float, bad_s: float, bad_share: float) -> None:
    """In the long run a Gilbert-Elliott link loses the share that its times in both states make."""
    link = GilbertElliott(Random(4), good_s=good_s, bad_s=bad_s, bad_share=bad_share, good_share=0.01)
    samples = 40_000
    lost = sum(link.chance(index * (good_s + bad_s) * 1e6 / 7) for index in range(samples)) / samples
    assert lost == pytest.approx(link.mean, rel=0.05)
    assert link.mean == pytest.approx((good_s * 0.01 + bad_s * bad_share) / (good_s + bad_s))


def test_bad_times_last_as_long_as_they_should() -> None:
    """The mean length of a bad time is the one that was asked for, whatever the pace of the looking."""
    link = GilbertElliott(Random(1), good_s=3.0, bad_s=0.7, bad_share=1.0)
    step_us = 10_000
    states = [link.bad(index * step_us) for index in range(1_000_000)]
    turns = sum(one and not before for before, one in itertools.pairwise(states))
    assert sum(states) * step_us / 1e6 / turns == pytest.approx(0.7, rel=0.05)


def test_the_past_does_not_change_when_it_is_asked_again() -> None:
    """Packets may ask in any order: the link was bad when it was bad."""
    link = GilbertElliott(Random(7), good_s=1.0, bad_s=1.0, bad_share=1.0)
    times = [index * 137_000 for index in range(2_000)]
    first = [link.bad(one) for one in times]
    assert [link.bad(one) for one in reversed(times)] == first[::-1]
    assert 600 < sum(first) < 1_400


def test_a_periodic_gap_takes_its_share() -> None:
    """A radio that is away for 2 s of 10 drops a fifth, all of it in the gaps."""
    link = Periodic(period_s=10, gap_s=2, phase_s=3)
    chances = [link.chance(second * 1e6) for second in range(1000)]
    assert sum(chances) == 200
    assert [second for second, one in enumerate(chances[:20]) if one] == [7, 8, 17, 18]


def test_a_process_acts_within_its_time_alone() -> None:
    """Before it begins and from its end on nothing is lost."""
    link = During(Steady(0.4), 10, 20)
    assert [link.chance(second * 1e6) for second in (0, 9.9, 10, 19.9, 20, 99)] == [0, 0, 0.4, 0.4, 0, 0]


def test_a_full_queue_drops_and_another_does_not() -> None:
    """Packets are lost while the wait is near the buffer alone."""
    link = TailDrop(Shift(95_000, 10, 20), 100_000, 0.2)
    assert [link.chance(second * 1e6) for second in (5, 15, 25)] == [0, 0.2, 0]
