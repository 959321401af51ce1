"""Whether hops go to and fro between two paths faster than a change can be told from the order of one hop.

Where a balancer sends each probe as it likes, a hop's answers come in any order, and what one hop answers in a round
says nothing of what the next one does. On a path that flaps a hop's answers come in stretches (Wald and Wolfowitz'
test of runs), or, where it goes to and fro within a round or two, neighbouring hops differ together (Fisher's exact
test on the rounds in which both answered). Several hops say it together, each pair of them with half of the evidence
of its own, so their chances are combined as independent (Fisher's method). One hop alone may still keep a
period (Fisher's test of a periodogram, Proceedings of the Royal Society A 125, 1929).
"""

from __future__ import annotations

from cmath import rect
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, tau

from ..statistics.exact_tests import fisher_greater, runs_too_few

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANSWERS_MIN = 6  # of the rarer address
CHANCE_MAX = 3e-6  # at each of the looks, which overlap: about fifty an hour are apart
SMALLEST = 1e-12
PERIOD_MIN = 24  # answers


@dataclass(frozen=True, slots=True)
class Alternation:
    """Two paths that take turns."""

    sides: dict[int, tuple[int, int]]  # by hop: the address of the one, and of the other path
    first: int  # the index of the round in which the second of them was first seen
    changes: int  # how often the hops went from the one to the other, at least


def alternation(answered_by: Mapping[int, Sequence[int]], beyond_us: Sequence[int] = ()) -> Alternation | None:
    """What takes turns in these rounds; by hop in order, who answered each of them, below 0: nobody.

    ``beyond_us`` are the RTTs of the hop that comes after them, below 0: none. Both paths lead to it, and if they are
    of unequal delay, it is as another hop that has two addresses.
    """
    marks = {}
    pairs = {}
    for ttl, answers in answered_by.items():
        common = Counter(by for by in answers if by >= 0).most_common(2)
        if len(common) == 2 and common[1][1] >= ANSWERS_MIN:
            first, second = sorted((by for by, _ in common), key=list(answers).index)
            pairs[ttl] = (first, second)
            marks[ttl] = [0 if by == first else 1 if by == second else -1 for by in answers]
    if not marks:
        return None
    runs = [max(SMALLEST, runs_too_few([mark == 1 for mark in one if mark >= 0])) for one in marks.values()]
    by_hops = [(above, below, *_together(marks[above], marks[below])) for above, below in pairwise(marks)]
    chances = [max(SMALLEST, chance) for *_, chance in by_hops]
    if beyond_us and (known := sorted(rtt_us for rtt_us in beyond_us if rtt_us >= 0)):
        middle_us = known[len(known) // 2]
        slow = [-1 if rtt_us < 0 else int(rtt_us >= middle_us) for rtt_us in beyond_us]
        chances.append(max(SMALLEST, _together(marks[max(marks)], slow)[1]))
    # Of one hop alone neither may tell; a period does, but for strict turns, which a balancer may take too.
    periodic = _period(next(iter(marks.values()))) if len(marks) == 1 else 1.0
    if min(_combined(runs), _combined(chances), periodic) >= CHANCE_MAX:
        return None
    flipped = False
    for _, below, same, _ in by_hops:
        flipped = flipped if same else not flipped
        if flipped:  # which addresses of two hops belong to one path
            pairs[below] = (pairs[below][1], pairs[below][0])
    changes = max(sum(a != b for a, b in pairwise(mark for mark in one if mark >= 0)) for one in marks.values())
    return Alternation(pairs, min(one.index(1) for one in marks.values()), changes)


def _together(above: Sequence[int], below: Sequence[int]) -> tuple[bool, float]:
    """Whether two hops are mostly on the same side in a round, and the chance that they depend so on each other."""
    counts = Counter((a, b) for a, b in zip(above, below, strict=True) if a >= 0 and b >= 0)
    both, only_above, only_below, neither = counts[1, 1], counts[1, 0], counts[0, 1], counts[0, 0]
    ones, zeros = both + only_above, only_below + neither
    if not ones or not zeros:
        return True, 1.0
    same = both * zeros >= only_below * ones
    chance = fisher_greater(both, ones, only_below, zeros) if same else fisher_greater(only_above, ones, neither, zeros)
    return same, min(1.0, 2 * chance)


def _period(marks: Sequence[int]) -> float:
    """The chance of so strong a period in a random order: Fisher's test of the largest part of a periodogram."""
    known = [mark for mark in marks if mark >= 0]
    if len(known) < PERIOD_MIN:
        return 1.0
    mean = sum(known) / len(known)
    values = [mark - mean if mark >= 0 else 0.0 for mark in marks]
    count = (len(values) - 1) // 2
    powers = [
        abs(sum(value * rect(1.0, -tau * step * at / len(values)) for at, value in enumerate(values))) ** 2
        for step in range(1, count + 1)
    ]
    # Next to half a turn a round lies what turns strictly: no period of its own.
    share = max(powers[: count - count // 16 - 1], default=0.0) / (sum(powers) or 1.0)
    return min(1.0, count * max(0.0, 1 - share) ** (count - 1))


def _combined(chances: Sequence[float]) -> float:
    """The chance of independent chances together (Fisher): the chi-square tail of twice as many degrees, in full."""
    if not chances:
        return 1.0
    half = -sum(log(chance) for chance in chances)
    term = total = 1.0
    for at in range(1, len(chances)):
        term *= half / at
        total += term
    return exp(-half) * total
