"""Values that come one after the other are seldom independent: how many independent ones they are worth.

Losses come in bursts and queues last for a while. A test that takes every value for an independent one finds
differences everywhere; it is asked with as many values as there would be without the dependence (Bartlett 1946).
"""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING

from .exact_tests import beta_cdf

if TYPE_CHECKING:
    from collections.abc import Sequence

# Lags up to a third of a series are summed, for beyond that its own mean hides what lasts; and not more than so many.
LAG_SHARE, LAGS_MAX = 3, 300
BLOCK = 20


def independent_share(series: Sequence[Sequence[float]]) -> float:
    """Which share of the values would do if they were independent, above 0 to 1, over series of one kind.

    Each series is taken around its own mean, and their autocovariances are added up: of a series in which nothing
    changes nothing can be learned, and the others speak for it. They are summed while they are positive.
    """
    centred = [[value - mean for value in one] for one in series if one for mean in [sum(one) / len(one)]]
    spread = sum(sum(map(mul, one, one)) for one in centred)
    if not spread:
        return 1.0
    longest = max(len(one) for one in centred)
    inflation = 1.0
    for lag in range(1, min(longest // LAG_SHARE, LAGS_MAX) + 1):
        covariance = sum(sum(map(mul, one, one[lag:])) for one in centred if lag < len(one))
        if covariance <= 0:
            break
        inflation += 2 * covariance / spread
    return 1 / inflation


def without_shifts(series: Sequence[float]) -> list[float]:
    """A series of which each block of ``BLOCK`` values is taken around its own median.

    A step of level inside a series looks like dependence that lasts over all of it; what is left here is the
    dependence of neighbours.
    """
    made: list[float] = []
    for at in range(0, len(series), BLOCK):
        block = series[at : at + BLOCK]
        middle = sorted(block)[len(block) // 2]
        made += [value - middle for value in block]
    return made


def score_chance(score: float, degrees: float) -> float:
    """Two-sided p-value of a score whose spread was learned from the values themselves (Student's t)."""
    if degrees < 1:
        return 1.0
    return beta_cdf(degrees / (degrees + score * score), degrees / 2, 0.5)


def holm(chances: Sequence[float]) -> list[float]:
    """P-values adjusted for their number, in the same order (Holm, Scandinavian Journal of Statistics 6, 1979)."""
    adjusted = [1.0] * len(chances)
    least = 0.0
    for place, at in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        least = max(least, min(1.0, (len(chances) - place) * chances[at]))
        adjusted[at] = least
    return adjusted
