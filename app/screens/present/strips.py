"""The strips of a table: what each cell holds, and which columns stand between cells, at every zoom of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ....widgets.strip import CHANGE_COLUMN, GAP_COLUMN, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE, History, Track
from ...path.event_log import CHANGES
from ...path.minutes import MINUTE_US

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...insight.assessment import Assessment
    from ...path.snapshot import EntryKind, Hop, LogEntry, Snapshot

GAP_KINDS: frozenset[EntryKind] = frozenset({"paused", "restarted", "stalled", "network-down", "settings"})
# So many cells are made at most: no terminal shows more, and the rounds before them all have to be looked through.
CELLS_MAX = 400


class Zoom(NamedTuple):
    """What a cell stands for: rounds, or else minutes."""

    name: str  # as the screen says it
    rounds: int = 0  # how many, 1 or more; 0: it is minutes
    minutes: int = 0  # how many, 1 or more; 0: it is rounds

    def cell_us(self, snapshot: Snapshot) -> int:
        """The time that a cell stands for."""
        return MINUTE_US * self.minutes or snapshot.settings.interval_us * self.rounds


ZOOMS = (Zoom("1 round", rounds=1), Zoom("10 rounds", rounds=10), Zoom("1 min", minutes=1), Zoom("10 min", minutes=10))


def history(snapshot: Snapshot, assessment: Assessment, zoom: Zoom = ZOOMS[0]) -> History:
    """The strips of all hops at a zoom, and the columns between their cells.

    A cell of several rounds shows the worst that happened in them, a loss before all; what a hop leaves unanswered and
    hurts nobody only where it left all unanswered. Cells begin at multiples of their length, so that they stand still.
    """
    judged = {one.ttl: one.loss for one in assessment.hops}
    span = zoom.rounds or zoom.minutes
    first = _first(snapshot, zoom)
    end = first + _length(snapshot, zoom)
    first = max(first, ((end - 1) // span - CELLS_MAX + 1) * span)
    markers: set[tuple[int, int]] = set()
    changed: dict[int, set[int]] = {}
    for entry in snapshot.log_entries:
        if entry.kind not in CHANGES and entry.kind not in GAP_KINDS:
            continue
        at = _place(snapshot, entry, zoom)
        if at < first or at > end or (at == first and entry.kind in GAP_KINDS):
            continue  # nothing stands before it, or it is later than what is shown
        # What a change brings is in its cell; a gap comes after what its cell holds.
        if entry.kind in GAP_KINDS:
            markers.add((-(-at // span), GAP_COLUMN))
        else:
            markers.add((at // span, CHANGE_COLUMN))
            # Where the path became longer or shorter, later rows show other routers than before.
            last_ttl = entry.last_ttl if len(entry.new) == len(entry.old) else snapshot.hops[-1].ttl
            for ttl in range(entry.first_ttl, last_ttl + 1):
                changed.setdefault(ttl, set()).add((at - first // span * span) // span)
    # A cell of many rounds may hold several changes of a path that flaps.
    if snapshot.flap is not None and zoom.rounds == 1:
        for number in snapshot.flap.rounds:
            if first <= number < end:
                markers.add((number, CHANGE_COLUMN))
                for ttl in range(snapshot.flap.first_ttl, snapshot.flap.last_ttl + 1):
                    changed.setdefault(ttl, set()).add(number - first)
    tracks = []
    for hop in snapshot.hops:
        harmless = judged.get(hop.ttl) == "harmless"
        values = _values(snapshot, hop, zoom, end - first, harmless=harmless)
        track = Track(
            rtts_us=values if span == 1 else grouped(values, first, span, harmless=harmless),
            base_us=hop.statistics.best,
            harmless=harmless,
            fault=judged.get(hop.ttl) == "path",
            changed_rounds=frozenset(changed.get(hop.ttl, ())),
        )
        tracks.append(track)
    ordered = tuple(sorted(markers))
    return History(tuple(tracks), (end - 1) // span, zoom.cell_us(snapshot), ordered, neighbours=zoom.rounds == 1)


def grouped(values: Sequence[int], first: int, span: int, *, harmless: bool) -> list[int]:
    """One value of each group of ``span`` values that begins at a multiple of it; the first has the number ``first``.

    What a router reported, else a loss, else the worst time, else whether something is pending.
    """
    made = []
    begin, end = -(first % span), len(values)
    while begin < end:
        group = values[max(0, begin) : begin + span]
        worst_us = max(group)
        if UNREACHABLE in group:
            made.append(UNREACHABLE)
        elif (worst_us < 0 or not harmless) and UNANSWERED in group:
            made.append(UNANSWERED)
        else:
            made.append(worst_us if worst_us >= 0 else PENDING if PENDING in group else NOT_SENT)
        begin += span
    return made


def _first(snapshot: Snapshot, zoom: Zoom) -> int:
    """The number of the oldest round, or minute, that there is."""
    return snapshot.first_minute if zoom.minutes else snapshot.last_round + 1 - _length(snapshot, zoom)


def _length(snapshot: Snapshot, zoom: Zoom) -> int:
    if not snapshot.hops:
        return 0
    return len(snapshot.hops[0].minute_worst_us if zoom.minutes else snapshot.hops[0].rtts_us)


def _place(snapshot: Snapshot, entry: LogEntry, zoom: Zoom) -> int:
    """The number of the round, or minute, before which the column of an entry stands; below 0: before the first."""
    at = (entry.time_us - snapshot.minutes_from_us) // MINUTE_US if zoom.minutes else entry.round
    return at + 1 if entry.kind in GAP_KINDS else at


def _values(snapshot: Snapshot, hop: Hop, zoom: Zoom, length: int, *, harmless: bool) -> Sequence[int]:
    """The newest rounds of a hop, or minutes as if each were one."""
    if not zoom.minutes:
        values = hop.rtts_us[len(hop.rtts_us) - length :]
        if hop.cut_off or hop.unreachables:
            return _reported(values.tolist(), snapshot.cut_by[len(snapshot.cut_by) - length :], hop.ttl)
        return values if zoom.rounds == 1 else values.tolist()
    skipped = len(hop.minute_lost) - length
    worst, lost = hop.minute_worst_us[skipped:].tolist(), hop.minute_lost[skipped:].tolist()
    return [
        UNANSWERED if count and not (harmless and worst_us >= 0) else worst_us if worst_us >= 0 else NOT_SENT
        for worst_us, count in zip(worst, lost, strict=True)
    ]


def _reported(values: list[int], cut_by: memoryview, ttl: int) -> list[int]:
    """A history in which what cut the target off stands at the hop that reported it, and is a loss at later ones."""
    shown = [UNANSWERED if value == UNREACHABLE else value for value in values]
    for at, by in enumerate(cut_by.tolist()):
        if by == ttl:
            shown[at] = UNREACHABLE
    return shown
