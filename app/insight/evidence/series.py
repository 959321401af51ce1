"""RTTs of a hop over a stretch of rounds, with the figures that verdicts ask for.

Verdicts that compare times look at stretches that end at fixed numbers of rounds, so that a screen that asks every
round does not test every round: it neither finds by chance what is not there, nor computes what it knew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from ...path.last_result import kept
from ...statistics.exact_tests import mann_whitney_greater, percentile, rank_correlation, ranks, spearman

if TYPE_CHECKING:
    from ...path.snapshot import Hop
    from .gather import Evidence

LONG_ROUNDS = 1280
LONG_STEP = 160
RECENT_ROUNDS, RECENT_MIN, RECENT_STEP = 120, 30, 10
ANSWERS_MIN = 10
YOUNG_MIN, YOUNG_MAX = 5, 30
# What is asked of a stretch is asked of one hop after the other, in rounds of their own: at this length so many rounds
# lie between two hops, and of a stretch half as long half as many. The odd ones between are for what costs most.
APART = 4
LOSSES, ADDRESSES, ORDER = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Series:
    """A stretch of a hop's history.

    Hundreds of them are kept: as numbers of the machine they take a tenth of the room.
    """

    ttl: int  # of the hop, 1 to 255
    # The stretch whole, as 32-bit integers in order of rounds: RTTs in microseconds, or negative as in a snapshot.
    data: bytes
    answers: array[int] = field(compare=False)  # its RTTs in microseconds, sorted; empty: none

    @property
    def base_us(self) -> int:
        """The smallest RTT."""
        return self.answers[0]

    @property
    def median_us(self) -> int:
        """The middle one."""
        return percentile(self.answers, 0.5)

    def percentile_us(self, share: float) -> int:
        """What this share of the answers does not exceed."""
        return percentile(self.answers, share)

    @property
    def tail_us(self) -> int:
        """How far the 95th percentile lies above the median."""
        return self.percentile_us(0.95) - self.median_us

    @property
    def spread_us(self) -> int:
        """The median distance from the median."""
        return _spread(self)

    def later_than_median(self, by_us: int) -> int:
        """How many answers exceed the median by more than so much."""
        return len(self.answers) - bisect_right(self.answers, self.median_us + by_us)

    def values(self) -> array[int]:
        """The stretch round by round, negative where there is no time."""
        return array("i", self.data)


def long_bounds(evidence: Evidence, ttl: int, what: int = 0) -> tuple[int, int] | None:
    """Where in the histories the stretch lies that one looks at now; None while the path is too young.

    It ends where it has doubled, later at multiples of a step, and is looked at some rounds later, other ones for each
    hop and for ``what`` is asked, so that no round has to do all at once.
    """
    rounds = _rounds(evidence) - evidence.since
    if rounds < ANSWERS_MIN:
        return None
    later = (APART * ttl + what) % LONG_STEP
    if rounds < LONG_ROUNDS + later:
        length = ANSWERS_MIN
        while length * 2 + later * length * 2 // LONG_ROUNDS <= rounds:
            length *= 2
        return evidence.since, evidence.since + length
    # The history's first round moves; stretches end at multiples of a step, from when counts began.
    end = _rounds(evidence) - later - (evidence.snapshot.rounds - later) % LONG_STEP
    return max(evidence.since, end - LONG_ROUNDS), end


def long_stretch(evidence: Evidence) -> list[Series]:
    """The hops with enough answers on the current path, up to the last round at which one looks again."""
    found = []
    for hop in _up_to_end(evidence):
        bounds = long_bounds(evidence, hop.ttl)
        if bounds is not None:
            begin, end = bounds
            found.append(_long((evidence.snapshot.target, hop.ttl), hop.ttl, hop.rtts_us[begin:end].tobytes()))
    return [one for one in found if len(one.answers) >= ANSWERS_MIN]


def young_stretch(evidence: Evidence) -> list[Series]:
    """The hops with some answers on a path so young that one has looked at most once; empty: it is older."""
    rounds = _rounds(evidence)
    if not YOUNG_MIN <= rounds - evidence.since < YOUNG_MAX:
        return []
    found = [series_of(hop.ttl, hop.rtts_us[evidence.since :].tobytes()) for hop in _up_to_end(evidence)]
    return [one for one in found if len(one.answers) >= YOUNG_MIN - 1]


@kept(places=256)
def _long(ttl: int, data: bytes) -> Series:
    return series_of(ttl, data)


def recent_of(evidence: Evidence, ttl: int) -> Series | None:
    """The last two minutes or so of a hop, renewed every ten rounds; None while the path is younger than 30 rounds."""
    begin, end = recent_bounds(evidence)
    hop = next((one for one in evidence.snapshot.hops if one.ttl == ttl), None)
    if hop is None or end - begin < RECENT_MIN:
        return None
    found = series_of(ttl, hop.rtts_us[begin:end].tobytes())
    return found if len(found.answers) >= ANSWERS_MIN else None


def recent_bounds(evidence: Evidence) -> tuple[int, int]:
    """Where in the histories that stretch lies."""
    end = _rounds(evidence) - evidence.snapshot.rounds % RECENT_STEP
    return max(evidence.since, end - RECENT_ROUNDS), end


def _rounds(evidence: Evidence) -> int:
    hops = evidence.snapshot.hops
    return len(hops[0].rtts_us) if hops else 0


def _up_to_end(evidence: Evidence) -> list[Hop]:
    last_ttl = evidence.end.ttl if evidence.end else 0
    return [hop for hop in evidence.snapshot.hops if hop.ttl <= last_ttl]


@lru_cache(maxsize=512)
def series_of(ttl: int, data: bytes) -> Series:
    """A stretch of a hop's history by its bytes."""
    ordered = sorted(array("i", data))
    return Series(ttl, data, array("i", ordered[bisect_left(ordered, 0) :]))


@lru_cache(maxsize=512)
def _spread(series: Series) -> int:
    """The median distance from the median: the answers are in order, so that halving soon finds it."""
    answers, middle = series.answers, series.median_us
    wanted = (len(answers) + 1) // 2
    low, high = -1, max(middle - answers[0], answers[-1] - middle)
    while high - low > 1:
        distance = (low + high) // 2
        within = bisect_right(answers, middle + distance) - bisect_left(answers, middle - distance)
        low, high = (low, distance) if within >= wanted else (distance, high)
    return high


@lru_cache(maxsize=512)
def _whole_ranks(series: Series) -> tuple[float, ...]:
    return tuple(ranks(series.values()))


@lru_cache(maxsize=512)
def greater(first: Series, second: Series) -> float:
    """One-sided p-value that the first hop's times are not greater (Mann and Whitney)."""
    return mann_whitney_greater(first.answers, second.answers)


@lru_cache(maxsize=512)
def correlation(first: Series, second: Series) -> tuple[float, float, int]:
    """Rank correlation of two hops' times by round, its one-sided p-value, and the number of pairs."""
    if len(first.answers) == len(second.answers) == len(first.data) // array("i").itemsize:
        return (*rank_correlation(_whole_ranks(first), _whole_ranks(second)), len(first.answers))
    pairs = [(a, b) for a, b in zip(first.values(), second.values(), strict=True) if a >= 0 and b >= 0]
    if len(pairs) < 3:
        return 0.0, 1.0, len(pairs)
    return (*spearman([a for a, _ in pairs], [b for _, b in pairs]), len(pairs))
