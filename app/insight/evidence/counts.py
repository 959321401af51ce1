"""Lost and completed probes of a hop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ...path.fates import fates, lost_and_completed
from ...path.snapshot import UNANSWERED, UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop

# Fewer completed probes than this say nothing.
PROBES_MIN = 8
# Counts of so many rounds are remembered, since all but the latest do not change.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class Row:
    """What is counted of a hop."""

    ttl: int  # 1 to 255; 0: several hops together
    lost: int  # of ``completed``
    completed: int  # probes that were answered or lost, 0 or more

    @property
    def answers(self) -> bool:
        """Whether any was answered."""
        return self.lost < self.completed

    @property
    def share(self) -> float:
        """Lost of completed."""
        return self.lost / self.completed if self.completed else 0.0

    @property
    def judged(self) -> bool:
        """Whether it can be judged: enough probes, and not silent."""
        return self.completed >= PROBES_MIN and self.answers

    def plus(self, other: Row | None) -> Row:
        """Both together, as one hop's."""
        return self if other is None else Row(self.ttl, self.lost + other.lost, self.completed + other.completed)


def row_of(hop: Hop, pieces: Sequence[tuple[int, int]] | None, offset: int = 0) -> Row:
    """Counts of a hop over pieces of its history (None: over the whole trace), which begins with a round ``offset``."""
    if pieces is None:
        return Row(hop.ttl, hop.dropped, hop.completed)
    lost = completed = 0
    for begin, end in pieces:
        at = begin
        while at < end:
            # Pieces end at fixed rounds, so that all but the last are known from the time before.
            stop = min(end, at + CHUNK - (at + offset) % CHUNK)
            counts = _counts(hop.rtts_us[at:stop].tobytes())
            lost, completed = lost + counts[0], completed + counts[1]
            at = stop
    return Row(hop.ttl, lost, completed)


@lru_cache(maxsize=4096)
def _counts(data: bytes) -> tuple[int, int]:
    return lost_and_completed(fates(data))


def rows_of_burst(hops: Sequence[Hop], first: int, after: int) -> list[Row]:
    """Counts of hops, in the order of their TTLs, over the rounds of a burst: from its first loss to its last one.

    The probes of a round leave one after the other. Those before the first loss, and those after the last one, do not
    show that their hops are well: the burst may have begun after them, or have ended before them.
    """
    begins = [hop.ttl for hop in hops if _is_lost(hop, first)]
    ends = [hop.ttl for hop in hops if _is_lost(hop, after - 1)]
    rows = []
    for hop in hops:
        begin = first + (hop.ttl < min(begins, default=0))
        end = after - (hop.ttl > max(ends, default=hop.ttl))
        rows.append(row_of(hop, [(begin, max(begin, end))]))
    return rows


def _is_lost(hop: Hop, at: int) -> bool:
    return 0 <= at < len(hop.rtts_us) and hop.rtts_us[at] in {UNANSWERED, UNREACHABLE}
