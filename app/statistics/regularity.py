"""Whether losses come too evenly to be chance, as those of a token bucket do.

Losses that are independent of each other, at whatever rate, fall anywhere: given the first and the last of them, all
places of the others are equally likely. A limit of so many replies a second spaces them out instead. Compared is how
much the gaps between them differ from each other: a test that tells a beat from fewer losses than counts in windows
do, and that holds for a handful of them, where the chi-square law for such counts does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, comb, exp, inf, lgamma, log
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Gaps that vary more than this share of what chance makes are not worth a test.
INDEX_MAX = 0.5
GAPS_MIN = 3
STEPS = 4
# Few gaps that are nearly even are counted, others bounded: a bound is up to some times too high.
COUNTED_GAPS, COUNTED_EXCESS = 30, 8


@dataclass(frozen=True, slots=True)
class Evenness:
    """How even losses are."""

    # Variance of their gaps over that of chance, 0 or more; 1: as chance has it, or they are too few.
    index: float = 1.0
    p_value: float = 1.0  # chance of gaps this even, one-sided, or an upper bound of it, 0 to 1
    lost: int = 0  # of ``probes``
    probes: int = 0  # that were answered or lost, from the first loss on


def evenness(lost: Sequence[bool]) -> Evenness:
    """Of probes in their order.

    What comes before the first loss does not count: a bucket that was full at first says nothing. Where most are lost
    from there on, the gaps are those between the answers.
    """
    if True not in lost:
        return Evenness()
    known = lost[lost.index(True) :]
    count = sum(known)
    kind = count * 2 <= len(known)
    places = [place for place, mark in enumerate(known) if mark is kind]
    gaps = [later - first for first, later in pairwise(places)]
    if len(gaps) < GAPS_MIN:
        return Evenness(lost=count, probes=len(known))
    span = places[-1] - places[0]
    mean = span / len(gaps)
    chance = mean * (mean - 1)
    if not chance:
        return Evenness(lost=count, probes=len(known))
    index = sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) * chance)
    return Evenness(index, _chance(gaps, span) if index < INDEX_MAX else 1.0, count, len(known))


def _chance(gaps: Sequence[int], span: int) -> float:
    """How likely it is that gaps of independent losses are as even as these; at most, where there are many.

    All ways to split a span into so many gaps are equally likely. Counted are those whose excess is not above the one
    seen: the sum of (g - f)(g - f - 1) / 2 over the gaps g, with f the whole part of their mean, which grows with the
    sum of their squares, and is 0 where they differ by one at most.
    """
    number, whole = len(gaps), span // len(gaps)
    excess = sum((gap - whole) * (gap - whole - 1) // 2 for gap in gaps)
    if number <= COUNTED_GAPS and excess <= COUNTED_EXCESS:
        return _ways(1, number, whole, excess, span - number * whole) / comb(span - 1, number - 1)
    return _bound(number, span, excess)


def _ways(step: int, gaps: int, whole: int, excess: int, need: int) -> int:
    """In how many ways gaps are by ``need`` longer in all than ``whole`` each, with at most so much excess.

    Those that are by ``step`` or more shorter, or by more than ``step`` longer, are yet to be placed.
    """
    cost = step * (step + 1) // 2
    if cost > excess:  # all others are as long, or by one longer
        return comb(gaps, need) if need >= 0 else 0
    total = 0
    for shorter in range(min(gaps, excess // cost) + 1 if step < whole else 1):
        for longer in range(min(gaps - shorter, excess // cost - shorter) + 1):
            others = gaps - shorter - longer
            left, missing = excess - (shorter + longer) * cost, need + shorter * step - longer * (step + 1)
            chosen = comb(gaps, shorter) * comb(gaps - shorter, longer)
            total += chosen * _ways(step + 1, others, whole, left, missing)
    return total


def _bound(number: int, span: int, excess: int) -> float:
    """At most so likely is it that so many gaps have at most so much excess.

    Of all ways to split a span, at most exp(t excess - y span) * (sum over g of
    exp(y g - t (g - f)(g - f - 1) / 2)) ** gaps have, whatever y and t >= 0 are (Chernoff's bound).
    """
    mean, whole = span / number, span // number
    ways = lgamma(span) - lgamma(number) - lgamma(span - number + 1)
    best, tilt = inf, 0.0
    # The least is near the inverse of the gaps' variance.
    nearest = min(32.0, 2 * number / (2 * excess + 0.01 * number))
    for t in (nearest, nearest / 2, nearest / 4):
        reach = ceil((60 / t) ** 0.5) + 2
        offs = [gap - mean for gap in range(max(1, whole - reach), whole + reach + 1)]
        costs = [
            t * ((gap - whole) * (gap - whole - 1) // 2) for gap in range(max(1, whole - reach), whole + reach + 1)
        ]
        for _ in range(STEPS):  # Newton's, towards the tilt whose mean gap is the one seen
            weights = [exp(tilt * off - cost) for off, cost in zip(offs, costs, strict=True)]
            total = sum(weights)
            moments = list(map(mul, weights, offs))
            drift = sum(moments) / total
            spread = sum(map(mul, moments, offs)) / total - drift * drift
            best = min(best, t * excess + number * log(total))
            step = drift / (spread + 1e-9)
            if abs(step) < 0.01:
                break
            tilt -= max(-1.0, min(1.0, step))
    return min(1.0, exp(min(0.0, best - ways)))
