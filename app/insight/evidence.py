"""What verdicts look at: the counts of the current path, free of what must not be counted.

Counts begin with the latest path change, since loss on a path that is gone says nothing of the one in use. Rounds of
an outage (five or more losses in a row at the far end) are kept apart from the background loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..path.snapshot import UNANSWERED

if TYPE_CHECKING:
    from ..path.snapshot import Happening, Hop, Snapshot

# Fewer completed probes than this say nothing.
PROBES_MIN = 10
OUTAGE_MIN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Lost and completed probes of a hop."""

    ttl: int
    lost: int
    completed: int

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


@dataclass(frozen=True, slots=True)
class Outage:
    """Consecutive losses at the far end: the first round's index in the history, and how many."""

    first: int
    rounds: int
    lasting: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A snapshot prepared for judging. ``since`` is the index in the histories where the current path begins."""

    snapshot: Snapshot
    rows: tuple[Row, ...]
    since: int
    change: Happening | None
    outages: tuple[Outage, ...]
    end: Hop | None
    end_row: Row | None

    def row(self, ttl: int) -> Row:
        """The row of a TTL."""
        return next((row for row in self.rows if row.ttl == ttl), Row(ttl, 0, 0))


def gather(snapshot: Snapshot) -> Evidence:
    """Prepare a snapshot for judging."""
    change = next((entry for entry in reversed(snapshot.happenings) if entry.kind == "path-changed"), None)
    since = 0
    rounds = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    if change is not None:
        since = min(max(0, change.round - (snapshot.last_round - rounds + 1)), rounds)
    end = far_end(snapshot)
    outages = _outages(end, since) if end is not None else ()
    rows = tuple(_row(hop, since, outages) for hop in snapshot.hops)
    end_row = next((row for row in rows if end is not None and row.ttl == end.ttl), None)
    return Evidence(snapshot, rows, since, change, outages, end, end_row)


def far_end(snapshot: Snapshot) -> Hop | None:
    """The target's hop if it ever answered, else the last hop that answers."""
    return next((hop for hop in reversed(snapshot.hops) if hop.received), None)


def _row(hop: Hop, since: int, outages: tuple[Outage, ...]) -> Row:
    if not since and not outages:
        return Row(hop.ttl, hop.dropped, hop.completed)
    values = hop.rtts_us[since:].tolist()
    for outage in reversed(outages):
        del values[outage.first - since : outage.first - since + outage.rounds]
    lost = values.count(UNANSWERED)
    return Row(hop.ttl, lost, lost + sum(value >= 0 for value in values))


def _outages(end: Hop, since: int) -> tuple[Outage, ...]:
    """Runs of losses in the history of the far end; probes not sent or still pending neither break nor make one."""
    if end.dropped < OUTAGE_MIN:
        return ()
    found = []
    first = last = run = 0
    for at, value in enumerate(end.rtts_us[since:].tolist(), start=since):
        if value == UNANSWERED:
            if not run:
                first = at
            run += 1
            last = at
        elif value >= 0:
            if run >= OUTAGE_MIN:
                found.append(Outage(first, last - first + 1, lasting=False))
            run = 0
    if run >= OUTAGE_MIN:
        found.append(Outage(first, last - first + 1, lasting=True))
    return tuple(found)
