"""Where loss begins: the hop from which on all that answer lose alike, told by likelihood.

For each hop the likelihood is that of two rates, one before it and one from it on, the first no larger than
BEFORE_MAX of the second. A hop that loses more than that may besides rate-limit its replies: then its rate is its own,
of which nothing is known before (uniform), and which few hops have (LIMITER_PRIOR).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import inf, lgamma, log, log1p
from typing import TYPE_CHECKING

from .counts import Row
from .told_place import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .told_place import Ends

# What comes before an onset loses at most this part of what comes after it.
BEFORE_MAX = 0.25
# Twice the difference of log likelihoods within which a place stays possible: the best is at most a hundred times as
# likely; within which it is likely (20 times), and close to the best (4.5 times).
POSSIBLE, LIKELY, CLOSE = 9.2, 6.0, 3.0
# This part of all hops rate-limits its replies, by a share that is not told yet.
LIMITER_PRIOR = 0.05


@dataclass(frozen=True, slots=True)
class Onset:
    """Where loss may begin."""

    best_ttl: int  # the likeliest first hop beyond it
    place: Range  # where it may begin
    score: float  # the logarithm of the likelihood of the likeliest


def onset(sound: Sequence[Row]) -> Onset:
    """Where loss begins among hops in the order of their TTLs, of which one or more lose."""
    scores = _scores(sound)
    # A hop that loses by itself is as likely before the loss as within it: the loss begins beyond it.
    best = max(range(len(sound)), key=lambda at: (round(scores[at], 6), at))
    return Onset(sound[best].ttl, range_of(sound, scores), scores[best])


def range_of(sound: Sequence[Row], scores: Sequence[float]) -> Range:
    """The places that are possible by the logarithms of their likelihoods, one for each hop of the first ones."""
    possible = _ends(sound, scores, POSSIBLE)
    alone = sum(possible[0] < row.ttl <= possible[1] for row in sound) == 1
    return Range(_ends(sound, scores, LIKELY), possible, _ends(sound, scores, CLOSE), alone)


def _ends(sound: Sequence[Row], scores: Sequence[float], within: float) -> Ends:
    top = max(scores)
    possible = [at for at, score in enumerate(scores) if 2 * (top - score) <= within]
    return (sound[possible[0] - 1].ttl if possible[0] else 0), sound[possible[-1]].ttl


def _scores(sound: Sequence[Row]) -> list[float]:
    """For each hop the logarithm of the likelihood that the loss begins there."""
    hops = _Hops(sound)
    scores = []
    for at in range(hops.count):
        beyond, rate = hops.part(at, hops.count, 1.0)
        before, _ = hops.part(0, at, rate * BEFORE_MAX)
        scores.append(before + beyond)
    return scores


class _Hops:
    """The counts of hops, added up so that a part of them costs little: a look asks for two at each hop."""

    def __init__(self, sound: Sequence[Row]) -> None:
        self.count = len(sound)
        self._lost = [row.lost for row in sound]
        self._answered = [row.completed - row.lost for row in sound]
        self._shares = [row.share for row in sound]
        self._lost_before = [0, *accumulate(self._lost)]
        self._answered_before = [0, *accumulate(self._answered)]
        self._own = [_of_its_own(row) + log(LIMITER_PRIOR) for row in sound]
        self._own[-1] = -inf  # whether the end is a limiter, its losses alone do not say

    def part(self, begin: int, end: int, most: float) -> tuple[float, float]:
        """The likelihood of hops that lose alike, at most so much, but for those that lose more alone; their rate."""
        all_lost = kept_lost = self._lost_before[end] - self._lost_before[begin]
        all_answered = kept_answered = self._answered_before[end] - self._answered_before[begin]
        total, rate = 0.0, _rate(kept_lost, kept_answered, most)
        for _ in range(2):  # without those that lose more the rate is another
            lost, kept_lost, kept_answered, total = kept_lost, all_lost, all_answered, 0.0
            hit, miss = log(rate) if rate > 0 else -inf, log1p(-rate) if rate < 1 else -inf
            for at in [at for at in range(begin, end) if self._shares[at] > rate]:
                if self._own[at] > _alike(self._lost[at], self._answered[at], hit, miss):
                    total += self._own[at]
                    kept_lost, kept_answered = kept_lost - self._lost[at], kept_answered - self._answered[at]
            total += _alike(kept_lost, kept_answered, hit, miss)
            if kept_lost == lost:
                break
            rate = _rate(kept_lost, kept_answered, most)
        return total, rate


def _rate(lost: int, answered: int, most: float) -> float:
    return min(most, lost / (lost + answered)) if lost + answered else 0.0


def _alike(lost: int, answered: int, hit: float, miss: float) -> float:
    """As ``exact_tests.log_likelihood``, with the logarithms of the rate and its rest at hand."""
    return (lost * hit if lost else 0.0) + (answered * miss if answered else 0.0)


def _of_its_own(row: Row) -> float:
    """The likelihood of a hop whose rate may be any: the mean over all of them."""
    return lgamma(row.lost + 1) + lgamma(row.completed - row.lost + 1) - lgamma(row.completed + 2)
