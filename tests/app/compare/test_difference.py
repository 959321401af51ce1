"""Tests of loss and of RTT between two hops."""

from __future__ import annotations

from random import Random

import pytest
import scipy  # its statistics are loaded by the first test that asks: every process collects this file
from hopscope.app.compare.difference import DelayDifference, delay_difference, loss_difference
from hopscope.app.compare.trace import ComparedHop
from hopscope.app.sanitize import sanitize


def hop(rtts_us: list[int] | None = None, lost: list[bool] | None = None, **fields: int) -> ComparedHop:
    """A hop with single values, or with totals."""
    rtts = tuple(rtts_us or ())
    marks = tuple(lost or (False,) * len(rtts))
    received = fields.pop("received", len(marks) - sum(marks))
    completed = fields.pop("completed", len(marks))
    return ComparedHop(
        1, sanitize("a"), (("a", received),), "", completed, received, rtts_us=rtts, lost=marks, **fields
    )


def test_loss_of_totals_is_fishers() -> None:
    """Totals are compared by Fisher's exact test, both sides of it."""
    found = loss_difference(hop(completed=600, received=600), hop(completed=600, received=588))
    assert found is not None
    assert found.p_value == pytest.approx(2 * scipy.stats.fisher_exact([[0, 600], [12, 588]], "less")[1])
    assert found.points == pytest.approx(0.02)


def test_a_burst_is_one_event() -> None:
    """Twenty losses in one burst are no evidence; the same twenty spread out are."""
    quiet = hop(lost=[False] * 300)
    burst = [False] * 100 + [True] * 20 + [False] * 180
    spread = [at % 15 == Random(at // 15).randrange(15) for at in range(300)]
    bursty, spread_out = loss_difference(quiet, hop(lost=burst)), loss_difference(quiet, hop(lost=spread))
    assert bursty is not None
    assert spread_out is not None
    assert sum(spread) == 20
    assert bursty.p_value > 0.2
    assert spread_out.p_value < 0.001


def test_samples() -> None:
    """Independent RTTs are compared as Mann and Whitney do."""
    luck = Random(1)
    first = [round(luck.gauss(20_000, 500)) for _ in range(200)]
    second = [round(luck.gauss(20_300, 500)) for _ in range(150)]
    found = delay_difference(hop(first), hop(second))
    assert found is not None
    assert found.basis == "samples"
    assert found.independent > 0.8
    assert found.p_value < 1e-5
    assert found.step_us == pytest.approx(300, abs=150)


def test_what_lasts_is_less_evidence() -> None:
    """RTTs that stay up for a while and come down again differ less surely than as many independent ones."""
    luck = Random(2)
    levels = [20_000 + 4_000 * luck.randrange(2) for _ in range(10) for _ in range(1)]
    slow = [level + luck.randrange(100) for level in levels[:5] for _ in range(60)]
    other = [level + luck.randrange(100) for level in levels[5:] for _ in range(60)]
    found = delay_difference(hop(slow), hop(other))
    assert found is not None
    assert found.p_value > 0.05
    assert scipy.stats.mannwhitneyu(slow, other).pvalue < 1e-6


def test_a_step_inside_hides_no_difference() -> None:
    """RTTs that never meet those of before differ, although they have a step of their own."""
    luck = Random(4)
    near = [60 + luck.randrange(20) for _ in range(60)]
    far = [4_000 + 14_000 * (at >= 1_700) + luck.randrange(600) for at in range(3_000)]
    found = delay_difference(hop(near), hop(far))
    assert found is not None
    assert found.p_value < 0.001


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.9])
def test_false_differences(memory: float) -> None:
    """Of 100 pairs that differ by chance alone at most 5 are told, also where RTTs last for some rounds."""
    luck = Random(6)
    told = 0
    for _ in range(100):
        sides: list[ComparedHop] = []
        for _side in range(2):
            level, rtts = luck.gauss(0, 1), []
            for _round in range(200):
                level = memory * level + (1 - memory**2) ** 0.5 * luck.gauss(0, 1)
                rtts.append(round(20_000 + 1_000 * level))
            sides.append(hop(rtts))
        found = delay_difference(sides[0], sides[1])
        assert found is not None
        told += found.p_value < 0.05 and found.is_large
    assert told <= 5


def test_totals_are_welchs() -> None:
    """Means are compared by Welch's test."""
    first = hop(completed=100, received=100, average_us=18_000, stdev_us=600)
    second = hop(completed=50, received=50, average_us=18_400, stdev_us=900)
    found = delay_difference(first, second)
    assert found is not None
    assert found.basis == "totals"
    expected = scipy.stats.ttest_ind_from_stats(18_000, 600, 100, 18_400, 900, 50, equal_var=False).pvalue
    assert found.p_value == pytest.approx(expected)


def test_what_cannot_be_compared() -> None:
    """A hop without answers, or without probes, is compared with nothing."""
    silent = hop(completed=10, received=0)
    assert loss_difference(silent, silent) is None
    assert loss_difference(hop(), silent) is None
    assert delay_difference(silent, hop([1, 2, 3, 4])) is None


@pytest.mark.parametrize(
    ("first_us", "second_us", "large"),
    [
        (100_000, 100_900, False),
        (100_000, 101_000, True),
        (2_000, 2_090, False),
        (2_000, 2_100, True),
        (300, 390, False),
    ],
)
def test_what_is_worth_a_word(first_us: int, second_us: int, large: bool) -> None:
    """From 1 ms on, or from a twentieth of what it was, and never below 0.1 ms."""
    assert DelayDifference(first_us, second_us, 0.0, "samples").is_large is large
