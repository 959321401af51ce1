"""Whether two hops lose differently, and whether their answers take longer or not: tests, each with its p-value.

Loss is compared by Fisher's exact test, RTTs by Mann and Whitney's test, and where there are totals alone by Welch's
test of means. Values that follow each other are seldom independent, so both are asked with as many as there would be
without that (statistics/dependence.py); of totals this is not known, and they count as independent.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from ..statistics.dependence import independent_share, score_chance, without_shifts
from ..statistics.exact_tests import fisher_greater, mann_whitney_score, percentile, ranks

if TYPE_CHECKING:
    from typing import Literal

    from .trace import ComparedHop

    Basis = Literal["samples", "totals"]

# A difference of RTT is worth a word from the smaller one of these on, and never below the last.
STEP_US, STEP_SHARE, STEP_MIN_US = 1_000, 0.05, 100
ANSWERS_MIN = 4
BOTH_SIDES = 2
BULK = (0.05, 0.95)  # between these shares lies most of what a hop answered


@dataclass(frozen=True, slots=True)
class LossDifference:
    """How loss differs."""

    first: tuple[int, int]  # lost, of so many probes
    second: tuple[int, int]  # likewise
    p_value: float  # of so large a difference by chance, two-sided, uncorrected
    independent: float  # which share of the probes was taken for independent, 0 to 1

    @property
    def points(self) -> float:
        """By how much the share has risen, -1 to 1."""
        return _share(self.second) - _share(self.first)


@dataclass(frozen=True, slots=True)
class DelayDifference:
    """How the RTT differs."""

    first_us: int  # the median, or where there are totals alone the mean
    second_us: int  # likewise
    p_value: float  # of so large a difference by chance, two-sided, uncorrected
    basis: Basis  # whether single RTTs were compared, or totals
    independent: float = 1.0  # which share of the answers was taken for independent, 0 to 1

    @property
    def step_us(self) -> int:
        """By how much it has risen."""
        return self.second_us - self.first_us

    @property
    def is_large(self) -> bool:
        """Whether it is worth a word."""
        least_us = max(STEP_MIN_US, min(STEP_US, STEP_SHARE * min(self.first_us, self.second_us)))
        return abs(self.step_us) >= least_us


def loss_difference(first: ComparedHop, second: ComparedHop) -> LossDifference | None:
    """How two hops lose; None: of one of them no probe was counted, or neither answered at all."""
    if not first.completed or not second.completed or not (first.received or second.received):
        return None
    share = independent_share([first.lost, second.lost]) if first.lost and second.lost else 1.0
    counts = (first.lost_count, first.completed), (second.lost_count, second.completed)
    (lost, of), (other_lost, other_of) = (tuple(round(one * share) for one in pair) for pair in counts)
    chance = min(fisher_greater(lost, of, other_lost, other_of), fisher_greater(other_lost, other_of, lost, of))
    return LossDifference(*counts, min(1.0, BOTH_SIDES * chance), share)


def delay_difference(first: ComparedHop, second: ComparedHop) -> DelayDifference | None:
    """How long two hops take to answer; None: one of them did not, or does not tell how long it took."""
    if min(len(first.rtts_us), len(second.rtts_us)) >= ANSWERS_MIN:
        return _of_samples(first.rtts_us, second.rtts_us)
    if first.average_us is None or second.average_us is None:
        return None
    return DelayDifference(first.average_us, second.average_us, _of_totals(first, second), "totals")


def _of_samples(first: tuple[int, ...], second: tuple[int, ...]) -> DelayDifference:
    medians = [percentile(sorted(one), 0.5) for one in (first, second)]
    score = mann_whitney_score(first, second)
    if score is None:
        return DelayDifference(medians[0], medians[1], 1.0, "samples")
    places = ranks([*first, *second])
    sides = [places[: len(first)], places[len(first) :]]
    share = independent_share(sides)
    if _are_apart(first, second):  # levels that never meet differ, however long each of them lasted
        share = max(share, independent_share([without_shifts(side) for side in sides]))
    worth = share * (len(first) + len(second))
    chance = score_chance(score * sqrt(share), worth - 2)
    return DelayDifference(medians[0], medians[1], chance, "samples", share)


def _are_apart(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Whether the bulk of the one lies above that of the other, farther than the narrower one is wide."""
    (low, high), (other_low, other_high) = (
        [percentile(sorted(one), share) for share in BULK] for one in (first, second)
    )
    return max(other_low - high, low - other_high) > min(high - low, other_high - other_low)


def _of_totals(first: ComparedHop, second: ComparedHop) -> float:
    """Welch's test, from means, standard deviations and counts; 1 where there is no spread to judge by."""
    assert first.average_us is not None
    assert second.average_us is not None
    if first.stdev_us is None or second.stdev_us is None or min(first.received, second.received) < ANSWERS_MIN:
        return 1.0
    spreads = [hop.stdev_us**2 / hop.received for hop in (first, second) if hop.stdev_us is not None]
    total = sum(spreads)
    if not total:
        return 0.0 if first.average_us != second.average_us else 1.0
    counts = (first.received, second.received)
    degrees = total**2 / sum(one**2 / (count - 1) for one, count in zip(spreads, counts, strict=True))
    return score_chance((second.average_us - first.average_us) / sqrt(total), degrees)


def _share(counted: tuple[int, int]) -> float:
    lost, total = counted
    return lost / total if total else 0.0
