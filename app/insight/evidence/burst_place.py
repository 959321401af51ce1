"""Where loss begins that comes in bursts: by the probes within them.

Between bursts nothing is lost, before the place of the loss and beyond it: what is answered there says nothing of the
place, and over all rounds one probe of a hop before it weighs as little as one of a hop beyond. Within a burst it
weighs much. So the bursts are looked at one after the other, and the place is held as ``told_place`` holds it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from .counts import Row, rows_of_burst
from .onset import onset
from .told_place import NOWHERE, YOUNG_ROUNDS, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .findings import PathLoss
    from .gather import Evidence
    from .told_place import Ends

BURSTS_MAX = 8  # so many tell the place; it does not wander with those after


def placed_by_bursts(evidence: Evidence, sound: Sequence[Row], path: PathLoss) -> PathLoss:
    """The loss at the place that its bursts tell, where that agrees with all that is counted."""
    if not evidence.bursts or path.further is not None:
        return path
    ttls = {row.ttl for row in sound}
    hops = [hop for hop in evidence.snapshot.hops if hop.ttl in ttls]
    offset = evidence.snapshot.last_round + 1 - len(evidence.snapshot.hops[0].rtts_us)
    spans = [(one.first_round - offset, one.last_round + 1 - offset) for one in evidence.bursts]
    kept = [(first, after) for first, after in spans if first >= 0][:BURSTS_MAX]
    ends = _place(tuple(tuple(rows_of_burst(hops, first, after)) for first, after in kept), path.open_ttl, path.end_ttl)
    if ends is None or ends == (path.after_ttl, path.from_ttl):
        return path
    after_ttl, from_ttl = ends
    if max(after_ttl, path.after_ttl) >= min(from_ttl, path.from_ttl):
        return path
    clean = [row for row in sound if row.ttl <= after_ttl]
    before = Row(0, sum(row.lost for row in clean), sum(row.completed for row in clean))
    return replace(path, after_ttl=after_ttl, from_ttl=from_ttl, before=before)


@lru_cache(maxsize=64)
def _place(bursts: tuple[tuple[Row, ...], ...], open_ttl: int, end_ttl: int) -> Ends | None:
    """Where the loss of bursts begins, by the counts of each; None: they do not say."""
    place, together = NOWHERE, tuple(Row(row.ttl, 0, 0) for row in bursts[0]) if bursts else ()
    for number, burst in enumerate(bursts, 1):
        together = tuple(row.plus(more) for row, more in zip(together, burst, strict=True))
        seen = [row for row in together if row.completed]
        if any(row.lost for row in seen):
            place = told(onset(seen).place, place, open_ttl, end_ttl, number * YOUNG_ROUNDS)
    return place.ends if place else None
