"""What verdicts look at: the counts of the current path, free of what must not be counted.

Counts begin with the latest path change, since loss on a path that is gone says nothing of the one in use. Rounds of
an outage at the far end are kept apart from the background loss.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from ...path.flow_map import epoch_start
from ...path.outages import outages as find_outages
from ...path.snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...path.outages import Outage
    from ...path.snapshot import Hop, LogEntry, Snapshot

# Fewer completed probes than this say nothing.
PROBES_MIN = 10
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """A snapshot prepared for judging."""

    snapshot: Snapshot  # as it was taken
    rows: tuple[Row, ...]  # one a hop of the snapshot, on the current path and without outages
    since: int  # index in the histories where the current path begins; 0: they begin with it
    change: LogEntry | None  # the latest path change; None: there was none
    outages: tuple[Outage, ...]  # of the far end on the current path, oldest first
    end: Hop | None  # the far end: the target, or the last hop that answers; None: nobody has
    end_row: Row | None  # its row; None: nobody has answered

    def row(self, ttl: int) -> Row:
        """The row of a TTL."""
        return next((row for row in self.rows if row.ttl == ttl), Row(ttl, 0, 0))


def gather(snapshot: Snapshot) -> Evidence:
    """Prepare a snapshot for judging."""
    change = next((entry for entry in reversed(snapshot.log_entries) if entry.kind == "path-changed"), None)
    since = epoch_start(snapshot)
    rounds = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    end = far_end(snapshot)
    outages = find_outages(end, since) if end is not None else ()
    pieces = _without(since, rounds, outages) if since or outages else None
    offset = snapshot.last_round - rounds + 1
    rows = tuple(_row(hop, pieces, offset) for hop in snapshot.hops)
    end_row = next((row for row in rows if end is not None and row.ttl == end.ttl), None)
    return Evidence(snapshot, rows, since, change, outages, end, end_row)


def earlier(evidence: Evidence, ends: Sequence[int]) -> Iterator[Evidence]:
    """The same as it was counted when the histories ended at indices, the latest first.

    Probes that were late then are not late here.
    """
    snapshot = evidence.snapshot
    rows, until = evidence.rows, len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    for end in ends:
        # Outages that had not ended then were counted then.
        open_then = [outage for outage in evidence.outages if end < outage.first + outage.rounds <= until]
        rows = tuple(_before(hop, row, end, until, open_then) for hop, row in zip(snapshot.hops, rows, strict=True))
        end_row = next((row for row in rows if evidence.end is not None and row.ttl == evidence.end.ttl), None)
        yield replace(evidence, rows=rows, end_row=end_row)
        until = end


def _before(hop: Hop, row: Row, end: int, until: int, outages: Sequence[Outage]) -> Row:
    """A row without the rounds from one index to another, with those of outages."""
    lost, completed = _counts(hop.rtts_us[end:until].tobytes())
    for outage in outages:
        more = _counts(hop.rtts_us[outage.first : outage.first + outage.rounds].tobytes())
        lost, completed = lost - more[0], completed - more[1]
    return Row(row.ttl, row.lost - lost, row.completed - completed) if completed else row


def far_end(snapshot: Snapshot) -> Hop | None:
    """The target's hop if it ever answered, else the last hop that answers."""
    return next((hop for hop in reversed(snapshot.hops) if hop.received), None)


def _row(hop: Hop, pieces: Sequence[tuple[int, int]] | None, offset: int) -> Row:
    """Counts of a hop over pieces of its history; None: over the whole trace."""
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
    values = array("i", data)
    unknown = values.count(NOT_SENT) + values.count(PENDING) + values.count(FAILED)
    return values.count(UNANSWERED), len(values) - unknown


def _without(since: int, rounds: int, outages: Sequence[Outage]) -> list[tuple[int, int]]:
    """What is left of the history without the outages."""
    pieces = []
    for outage in outages:
        pieces.append((since, outage.first))
        since = outage.first + outage.rounds
    return [*pieces, (since, rounds)]
