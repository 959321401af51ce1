"""How many probes of a window must be lost, so that an alert is raised; and how many answered clear it.

A window is looked at after each probe, so chance has many turns. Where each probe is lost with the same chance p, a
window of N probes comes to hold k losses, where it held k - 1, when a loss enters it and an answer leaves it: after
each probe with the chance p (1 - p) b(k - 1; N - 1, p), b being the binomial probability. The count that raises an
alert is the smallest at which

1. the lower bound of the exact 95 % interval (Clopper and Pearson, Biometrika 26, 1934) of k of N is above the level,
2. at a true share as large as the level, that happens no more than once a day.

It is cleared where the upper 95 % bound of what is lost since is below half the level.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p

from ..statistics.exact_tests import proportion_interval, unseen_bound

DAY_US = 86_400_000_000
RAISES_A_DAY = 1.0
ONE_SIDED = 0.90  # the upper end of a 90 % interval is the one-sided bound of 95 %
CLEAR_SHARE = 0.5  # of the level


def crossings_a_day(losses: int, probes: int, share: float, interval_us: int) -> float:
    """How often a day a window comes to hold so many losses, at this share of them, with a probe each interval."""
    if not 0 < losses <= probes or not 0 < share < 1:
        return 0.0
    of, k = probes - 1, losses - 1
    chance = lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + (k + 1) * log(share) + (of - k + 1) * log1p(-share)
    return exp(chance) * DAY_US / interval_us


@lru_cache(maxsize=256)
def raises_at(probes: int, level: float, interval_us: int) -> int | None:
    """How many losses of a window raise an alert above this share; None: so few probes cannot tell."""
    if probes < 1:
        return None
    low, high = ceil(probes * level), probes  # both grow with the count, from the mean on
    if not _is_enough(high, probes, level, interval_us):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_enough(middle, probes, level, interval_us) else (middle + 1, high)
    return low


def probes_needed(level: float, interval_us: int, most: int) -> int | None:
    """How many probes a window needs at least, to raise an alert above this share; None: more than ``most``."""
    probes = 1
    while raises_at(probes, level, interval_us) is None:
        probes *= 2
        if probes > most:
            return None
    low, high = probes // 2 + 1, probes
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if raises_at(middle, level, interval_us) is not None else (middle + 1, high)
    return low


def _is_enough(losses: int, probes: int, level: float, interval_us: int) -> bool:
    if losses <= probes * level or proportion_interval(losses, probes)[0] <= level:
        return False
    return crossings_a_day(losses, probes, level, interval_us) <= RAISES_A_DAY


def is_clear(losses: int, probes: int, level: float) -> bool:
    """Whether so many losses since exclude half the level (one-sided, 95 %)."""
    limit = CLEAR_SHARE * level
    if losses >= limit * probes:
        return False
    if not losses:
        return unseen_bound(probes) < limit
    return proportion_interval(losses, probes, ONE_SIDED)[1] < limit
