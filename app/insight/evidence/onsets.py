"""Where loss begins that begins at two places: from one hop on, and more of it from a later one on.

The hops are cut into three: those before the loss, those that feel the first, those that feel both. Each part has a
rate of its own, no smaller than that of the part before. The two cuts are moved in turn to where the likelihood is
highest, which it is where they lie some hops apart; of each cut, all places near its best are possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING

from ...statistics.exact_tests import log_likelihood
from .onset import BEFORE_MAX, onset, range_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .counts import Row
    from .told_place import Range

# Less loss than this is none that is told by itself.
SHARE_MIN = 0.01
TURNS = 3


@dataclass(frozen=True, slots=True)
class TwoOnsets:
    """Two places at which loss begins."""

    near: Range  # where the first may begin
    far: Range  # where the second may
    gain: float  # by how much the logarithm of the likelihood exceeds that of one place, and limiters beside it


class _Counts:
    """Hops in the order of their TTLs, cut at two of them."""

    def __init__(self, sound: Sequence[Row]) -> None:
        self._lost = [0, *accumulate(row.lost for row in sound)]
        self._completed = [0, *accumulate(row.completed for row in sound)]
        self.last = len(sound)

    def rate(self, begin: int, end: int) -> float:
        return (self._lost[end] - self._lost[begin]) / max(1, self._completed[end] - self._completed[begin])

    def part(self, begin: int, end: int, most: float = 1.0) -> float:
        """The likelihood of a part by its own rate, or by the most that it may have."""
        lost, completed = self._lost[end] - self._lost[begin], self._completed[end] - self._completed[begin]
        return log_likelihood(lost, completed, min(self.rate(begin, end), most)) if end > begin else 0.0

    def one(self, at: int) -> float:
        """That of one place."""
        return self.part(0, at, BEFORE_MAX * self.rate(at, self.last)) + self.part(at, self.last)

    def two(self, near: int, far: int) -> float:
        """That of two; minus infinity where the second part loses no more than the first."""
        first, both = self.rate(near, far), self.rate(far, self.last)
        if not SHARE_MIN <= first <= both - SHARE_MIN:
            return -inf
        return self.part(0, near, BEFORE_MAX * first) + self.part(near, far) + self.part(far, self.last)

    def likeliest_near(self, far: int) -> int:
        return max(range(far), key=lambda at: self.two(at, far))

    def likeliest_far(self, near: int) -> int:
        return max(range(near + 1, self.last), key=lambda at: self.two(near, at))


def two_onsets(sound: Sequence[Row]) -> TwoOnsets | None:
    """The likeliest two places among hops in the order of their TTLs; None: the hops do not show two."""
    if len(sound) < 3:
        return None
    counts = _Counts(sound)
    single = [counts.one(at) for at in range(counts.last)]
    best = max(range(counts.last), key=single.__getitem__)
    # One place alone is found at the first loss or at the second.
    starts = [(counts.likeliest_near(best), best)] if best else []
    starts += [(best, counts.likeliest_far(best))] if best < counts.last - 1 else []
    near, far = max(starts, key=lambda start: counts.two(*start))
    for _ in range(TURNS):
        then = near, far
        near = counts.likeliest_near(far)
        far = counts.likeliest_far(near)
        if (near, far) == then:
            break
    top = counts.two(near, far)
    if top == -inf:
        return None

    nears = [counts.two(at, far) for at in range(far)]
    fars = [-inf] * (near + 1) + [counts.two(near, at) for at in range(near + 1, counts.last)]
    return TwoOnsets(range_of(sound, nears), range_of(sound, fars), top - max(single[best], onset(sound).score))
