"""How long the answers of one hop waited: their RTT above what it is without any wait, on the path that each took."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import compress
from operator import sub
from typing import TYPE_CHECKING

from ...path.snapshot import NOBODY
from ...statistics.exact_tests import percentile

if TYPE_CHECKING:
    from ...path.snapshot import Hop
    from .gather import Evidence
    from .series import Series

ROUNDS = 240  # so many of the latest rounds tell what a hop does now
# Where several paths are in use, times of one of them lie no farther apart, and are no fewer.
MODE_GAP_US, MODE_SHARE, MODE_MIN = 3_000, 0.08, 3
SEVERAL_SHARE = 0.05  # of the answers of a hop, by another address than the most frequent one


@dataclass(frozen=True, slots=True)
class Waited:
    """How long the answers of a hop waited."""

    series: Series  # its RTTs over the stretch
    # Of each path that its answers may have taken, the shorter first: where in the sorted RTTs its answers begin and
    # end, and the RTT (in microseconds) without any wait.
    paths: tuple[tuple[int, int, int], ...]

    @property
    def answers(self) -> int:
        """How many there are."""
        return len(self.series.answers)

    @property
    def base_us(self) -> int:
        """The RTT without any wait, on the shortest path."""
        return self.paths[0][2]

    @property
    def longest_base_us(self) -> int:
        """The same on the longest path."""
        return self.paths[-1][2]

    def longer(self, than_us: int) -> int:
        """How many waited for so long or longer."""
        answers = self.series.answers
        return sum(end - bisect_left(answers, base_us + than_us, begin, end) for begin, end, base_us in self.paths)

    def percentile_us(self, share: float) -> int:
        """The wait that this share of them does not exceed."""
        answers = self.series.answers
        if len(self.paths) == 1:
            return percentile(answers, share) - self.base_us
        waits_us = sorted(one - base_us for begin, end, base_us in self.paths for one in answers[begin:end])
        return percentile(waits_us, share)


def waited(series: Series, base_us: int, *, several: bool) -> Waited:
    """How long each answer of a hop waited; where several paths are in use, above the best of the path it took.

    Which that was is not known of an answer of a later hop, but the times of a path lie close together and apart from
    those of another. ``base_us`` is the best RTT of the hop in microseconds; 0: the best of the series is.
    """
    answers = series.answers
    count = len(answers)
    base_us = base_us or (answers[0] if count else 0)
    if not several or not count:
        return Waited(series, ((0, count, base_us),))
    least = max(MODE_MIN, int(MODE_SHARE * count))
    paths: list[tuple[int, int, int]] = []
    begin = 0
    gaps = compress(range(1, count), map(MODE_GAP_US.__lt__, map(sub, answers[1:], answers)))
    for end in (*gaps, count):
        if end - begin >= least:
            base_us = answers[begin]
            paths.append((begin, end, base_us))
        elif paths:
            paths[-1] = (paths[-1][0], end, base_us)  # too few for a path: they waited on the one before
        else:
            paths.append((begin, end, base_us))
        begin = end
    return Waited(series, tuple(paths))


def several_paths(evidence: Evidence, begin: int, end: int) -> bool:
    """Whether several routers answer at any hop, so that times may be those of different paths."""
    last_ttl = evidence.end.ttl if evidence.end is not None else 0
    return any(answered_by_several(hop, begin, end) for hop in evidence.snapshot.hops if hop.ttl <= last_ttl)


def answered_by_several(hop: Hop, begin: int, end: int) -> bool:
    """Whether several routers answer at a hop by turns, or one after the other."""
    if len(hop.responders) < 2:
        return False
    counts = Counter(hop.answered_by[max(begin, end - ROUNDS) : end].tolist())
    del counts[NOBODY]
    return counts.total() > 0 and max(counts.values()) < (1 - SEVERAL_SHARE) * counts.total()
