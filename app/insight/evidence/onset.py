"""Where loss begins: the hop from which on all that answer lose alike, told by likelihood.

For each hop the likelihood is that of two rates, one before it and one from it on, the first no larger than
BEFORE_MAX of the second. A hop that loses more than that may besides rate-limit its replies: then its rate is its own,
of which nothing is known before (uniform), and which few hops have (LIMITER_PRIOR).
"""

from __future__ import annotations

from dataclasses import dataclass
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
    best = max(range(len(sound)), key=scores.__getitem__)
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
    own = [_of_its_own(row) + log(LIMITER_PRIOR) for row in sound]
    own[-1] = -inf  # whether the end is a limiter, its losses alone do not say
    scores = []
    for at in range(len(sound)):
        beyond, rate = _part(sound[at:], own[at:], 1.0)
        before, _ = _part(sound[:at], own[:at], rate * BEFORE_MAX)
        scores.append(before + beyond)
    return scores


def _part(rows: Sequence[Row], own: Sequence[float], most: float) -> tuple[float, float]:
    """The likelihood of hops that lose alike, at most so much, but for those that lose more alone; and their rate."""
    lost, completed = sum(row.lost for row in rows), sum(row.completed for row in rows)
    rate = min(most, lost / completed) if completed else 0.0
    total = 0.0
    for _ in range(2):  # without those that lose more the rate is another
        kept_lost, kept_completed, total = 0, 0, 0.0
        hit, miss = log(rate) if rate > 0 else -inf, log1p(-rate) if rate < 1 else -inf
        for row, alone in zip(rows, own, strict=True):
            # As ``exact_tests.log_likelihood``, of which there would be a thousand calls a look.
            answered = row.completed - row.lost
            alike = (row.lost * hit if row.lost else 0.0) + (answered * miss if answered else 0.0)
            if alone > alike and row.share > rate:
                total += alone
            else:
                kept_lost, kept_completed, total = kept_lost + row.lost, kept_completed + row.completed, total + alike
        if kept_lost == lost:
            break
        lost, rate = kept_lost, min(most, kept_lost / kept_completed) if kept_completed else 0.0
    return total, rate


def _of_its_own(row: Row) -> float:
    """The likelihood of a hop whose rate may be any: the mean over all of them."""
    return lgamma(row.lost + 1) + lgamma(row.completed - row.lost + 1) - lgamma(row.completed + 2)
