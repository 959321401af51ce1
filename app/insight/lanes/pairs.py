"""Which lanes differ from which: all comparisons of one moment, judged together.

Loss is compared by Fisher's exact test on the target's answers of the same time, RTT by Mann and Whitney's test on the
target's latest ones, each in the direction that it shows; Holm's correction is over all of them (Scandinavian Journal
of Statistics 6, 1979).
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from ...statistics.exact_tests import fisher_greater, mann_whitney_greater, percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .facts import Lane

    # What is compared, the lane that seems to be worse, and the one that seems to be better.
    Pair = tuple[str, int, int]

LEVEL = 0.01
# A difference of RTT is worth a word from this time on, and from this share of the smaller one; and of so many answers.
STEP_US, STEP_SHARE = 2_000, 0.1
ANSWERS_MIN = 20
# The direction of a difference of RTT is the one that it shows, so the other one counts as tried, too.
BOTH_SIDES = 2


class Pairs:
    """The comparisons of lanes of one target. Lanes are known by their place in ``lanes``."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        chances: dict[Pair, float] = {}
        for at, one in enumerate(lanes):
            for other_at, other in enumerate(lanes):
                if at != other_at:
                    chances |= _losses(one, other, at, other_at)
                if at < other_at:
                    chances |= _delays(one, other, at, other_at)
        self.chances = chances
        """Of each comparison that was made the chance of such a difference where there is none, uncorrected."""
        self._sure = _holm(chances)

    def loses_more(self, at: int, other: int) -> bool:
        """Whether one lane loses more than another, or does not reach a target that the other reaches."""
        return ("loss", at, other) in self._sure

    def chance_of_loss(self, at: int, other: int) -> float:
        """The chance of such a difference of loss where there is none, uncorrected; 1: they were not compared."""
        return self.chances.get(("loss", at, other), 1.0)

    def is_slower(self, at: int, other: int) -> bool:
        """Whether one lane's answers take longer than another's."""
        return ("delay", at, other) in self._sure


def median_us(lane: Lane) -> int:
    """The median of the latest RTTs; 0 where there are none."""
    return percentile(sorted(lane.rtts_us), 0.5) if lane.rtts_us else 0


def _losses(one: Lane, other: Lane, at: int, other_at: int) -> dict[Pair, float]:
    """The comparison of a lane that loses, or does not reach the target, with one that is well."""
    if other.ranges or not other.reached:
        return {}
    if one.ranges:
        return {("loss", at, other_at): fisher_greater(*one.counted(one.lasting_us), *other.counted(one.lasting_us))}
    if one.unreached:
        rounds = len(one.last.rtts_us) if one.last is not None else other.counted(0)[1]
        return {("loss", at, other_at): fisher_greater(rounds, rounds, *other.counted(rounds * one.interval_us))}
    return {}


def _delays(one: Lane, other: Lane, at: int, other_at: int) -> dict[Pair, float]:
    """The comparison of the RTTs of two lanes, by the direction of their difference; 1 where that is too small."""
    if min(len(one.rtts_us), len(other.rtts_us)) < ANSWERS_MIN:
        return {}
    if median_us(one) < median_us(other):
        one, other, at, other_at = other, one, other_at, at
    least_us = median_us(other)
    if median_us(one) - least_us <= max(STEP_US, STEP_SHARE * least_us):
        return {("delay", at, other_at): 1.0}
    return {("delay", at, other_at): min(1.0, BOTH_SIDES * mann_whitney_greater(one.rtts_us, other.rtts_us))}


def _holm(chances: dict[Pair, float]) -> frozenset[Pair]:
    """The comparisons that are no chance, all together at the level."""
    sure = []
    for at, (pair, chance) in enumerate(sorted(chances.items(), key=itemgetter(1))):
        if chance > LEVEL / (len(chances) - at):
            break
        sure.append(pair)
    return frozenset(sure)
