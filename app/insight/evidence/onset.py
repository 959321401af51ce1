"""Where loss begins: the hop from which on all that answer lose alike, told by likelihood.

For each hop the likelihood is that of two rates, one before it and one from it on, the first no larger than
BEFORE_MAX of the second. One hop, the last before the loss or the one that loses most, may besides rate-limit its
replies: then its rate is its own, of which nothing is known before (uniform), and which few hops have (LIMITER_PRIOR).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log
from typing import TYPE_CHECKING

from ...statistics.exact_tests import log_likelihood
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
LIMITER_PRIOR = 0.03


@dataclass(frozen=True, slots=True)
class Onset:
    """Where loss may begin."""

    best_ttl: int  # the likeliest first hop beyond it
    place: Range  # where it may begin


def onset(sound: Sequence[Row]) -> Onset:
    """Where loss begins among hops in the order of their TTLs, of which one or more lose."""
    scores = _scores(sound)
    best = max(range(len(sound)), key=scores.__getitem__)
    return Onset(sound[best].ttl, range_of(sound, scores))


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
    scores, before, beyond = [], Row(0, 0, 0), _together(sound)
    last = len(sound) - 1
    most = max(range(last), key=lambda at: sound[at].share, default=last)
    for at, row in enumerate(sound):
        score = _two_rates(before, beyond)
        for own in {at - 1, most} - {-1, at, last}:
            one = sound[own]
            rest = (_less(before, one), beyond) if own < at else (before, _less(beyond, one))
            score = max(score, _two_rates(*rest) + _of_its_own(one) + log(LIMITER_PRIOR))
        scores.append(score)
        before, beyond = before.plus(row), _less(beyond, row)
    return scores


def _two_rates(before: Row, beyond: Row) -> float:
    """The likelihood of a rate before the onset and one beyond it."""
    rate = beyond.share
    low = min(before.share, rate * BEFORE_MAX)
    return log_likelihood(beyond.lost, beyond.completed, rate) + log_likelihood(before.lost, before.completed, low)


def _of_its_own(row: Row) -> float:
    """The likelihood of a hop whose rate may be any: the mean over all of them."""
    return lgamma(row.lost + 1) + lgamma(row.completed - row.lost + 1) - lgamma(row.completed + 2)


def _together(rows: Sequence[Row]) -> Row:
    return Row(0, sum(row.lost for row in rows), sum(row.completed for row in rows))


def _less(rows: Row, one: Row) -> Row:
    return Row(0, rows.lost - one.lost, rows.completed - one.completed)
