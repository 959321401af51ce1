"""How many independent values a series is worth, and p-values adjusted for their number."""

from __future__ import annotations

from random import Random

import pytest
import scipy  # its statistics are loaded by the first test that asks: every process collects this file
from hopscope.app.statistics.dependence import holm, independent_share, score_chance


def test_independent_values_count_nearly_in_full() -> None:
    """Of values that do not depend on each other most are kept."""
    luck = Random(3)
    shares = [independent_share([[luck.random() for _ in range(300)] for _ in range(2)]) for _ in range(50)]
    assert sum(shares) / len(shares) > 0.85


def test_values_that_last_count_once() -> None:
    """Of values that each come ten times in a row about a tenth is kept."""
    luck = Random(5)
    series = [[value for _ in range(40) for value in [luck.random()] * 10] for _ in range(2)]
    assert 0.05 < independent_share(series) < 0.2


def test_one_burst() -> None:
    """A single burst in one of two series is worth about one loss, not its length."""
    burst = [0.0] * 100 + [1.0] * 20 + [0.0] * 180
    assert 20 * independent_share([[0.0] * 300, burst]) < 2


def test_nothing_changes() -> None:
    """Of values that are all the same every one counts."""
    assert independent_share([[1.0] * 5, [2.0] * 5]) == 1


@pytest.mark.parametrize("degrees", [8, 30, 300])
@pytest.mark.parametrize("score", [-3.0, 0.5, 2.0, 4.0])
def test_chance_of_a_score(score: float, degrees: int) -> None:
    """A score's chance is Student's."""
    assert score_chance(score, degrees) == pytest.approx(2 * scipy.stats.t.sf(abs(score), degrees), rel=1e-9)


def test_holm() -> None:
    """The example by hand: 0.01 x 4, 0.02 x 3, then at least as much as before."""
    assert holm([0.02, 0.9, 0.01, 0.03]) == pytest.approx([0.06, 0.9, 0.04, 0.06])
    assert holm([]) == []
