"""Since when packets wait before the far end, and until when they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ...path.last_result import kept
from .excess_course import begin_of, find_excess, kept_from_round
from .spells import BEFORE, Spell, begun_with, has_gone, spells, together
from .trace_key import trace_of
from .waits import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ...path.snapshot import Snapshot
    from .excess import Excess
    from .gather import Evidence

PLACES_MAX = 64  # traces of which earlier spells are known


@dataclass(frozen=True, slots=True)
class WaitingTimes:
    """When packets waited."""

    since_us: int | None = None  # when it began, on the clock of the snapshot; None: with the path, or it is not known
    lasted_us: int = 0  # from then until it ended, or until now; 0: not known
    ago_us: int = 0  # how long nothing has waited, where it has gone
    gone: bool = False  # whether it has
    first_round: int = 0  # in which the queue that is there now made a packet wait first, of the trace
    spells: tuple[Spell, ...] = ()  # in which packets waited, the oldest first; empty: none are known
    seen_from: int = 0  # the round from which on they are known


NEVER = WaitingTimes()


class _Remembered(NamedTuple):
    begin_round: int  # with which the level of the path began
    seen_from: int  # the round from which on spells are known
    last_round: int  # up to this one
    spells: tuple[Spell, ...]


_remembered: dict[Hashable, _Remembered] = {}  # by trace


# Asked twice a refresh, and the same each time: the snapshot, where its path begins and ends, and what was found.
_latest_asked: list[tuple[Snapshot, int, int, tuple[Excess, WaitingTimes] | None]] = []


def queue_of(evidence: Evidence) -> tuple[Excess, WaitingTimes] | None:
    """What waits before the end, and when that was so; None: nothing is felt to."""
    snapshot, end_ttl = evidence.snapshot, evidence.end.ttl if evidence.end is not None else 0
    for asked, since, ttl, known in _latest_asked:
        if asked is snapshot and (since, ttl) == (evidence.since, end_ttl):
            return known
    excess = find_excess(evidence) if end_ttl else None
    found = (excess, waiting_times(evidence, excess)) if excess is not None else None
    _latest_asked[:] = [(snapshot, evidence.since, end_ttl, found)]
    return found


queue_of.cache_clear = _latest_asked.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def waiting_times(evidence: Evidence, found: Excess) -> WaitingTimes:
    """Since when what was found is there, and whether it has gone."""
    snapshot = evidence.snapshot
    seen_from, known = _spells(evidence, found)
    if not known:
        return NEVER
    interval_us = snapshot.settings.interval_us
    quiet = snapshot.last_round - max(known[-1].last, _last_wait(evidence, found))
    gone = has_gone(known, quiet)
    begun = known[begun_with(known)]
    first = first_round = begun.first
    if first - seen_from < max(BEFORE, begun.quiet_max):
        first = snapshot.level_round  # what was not seen to begin began with the level, where that is not the first
    since_us = snapshot.time_us - (snapshot.last_round - first) * interval_us if first else None
    ago_us = quiet * interval_us if gone else 0
    lasted_us = max(0, snapshot.time_us - ago_us - since_us) if since_us is not None else 0
    return WaitingTimes(since_us, lasted_us, ago_us, gone, first_round, known, seen_from)


def _last_wait(evidence: Evidence, found: Excess) -> int:
    """The latest of ROUNDS rounds in which the far end's answer waited, in a spell or alone; 0: none."""
    least_us = dict(found.beyond).get(found.end.series.ttl)
    end = next((hop for hop in evidence.snapshot.hops if hop.ttl == found.end.series.ttl), None)
    if end is None or least_us is None:
        return 0
    last_round = evidence.snapshot.last_round
    waits = (at for at, value in enumerate(reversed(end.rtts_us[-ROUNDS:].tolist())) if value >= least_us)
    return max(0, last_round - next(waits, last_round))


def _spells(evidence: Evidence, found: Excess) -> tuple[int, tuple[Spell, ...]]:
    """From which round on spells are known, and those, the oldest first."""
    snapshot = evidence.snapshot
    begin, kept_from = begin_of(evidence), kept_from_round(snapshot)
    first = max(begin, len(snapshot.hops[0].rtts_us) - ROUNDS)
    least_us = dict(found.beyond)
    seen = tuple((hop.rtts_us[first:].tobytes(), least_us[hop.ttl]) for hop in snapshot.hops if hop.ttl in least_us)
    place = trace_of(snapshot)
    begin_round, first_round = (kept_from + begin if begin else 0), kept_from + first
    seen_from, known = first_round, _latest(place, seen, first_round)
    before = _remembered.get(place)
    if (
        before is not None
        and before.begin_round == begin_round
        and before.seen_from <= first_round <= before.last_round + 1
    ):
        seen_from, known = before.seen_from, together(before.spells, known, first_round)
    elif before is None and len(_remembered) >= PLACES_MAX:
        del _remembered[next(iter(_remembered))]
    _remembered[place] = _Remembered(begin_round, seen_from, snapshot.last_round, known)
    return seen_from, known


_spells.cache_clear = _remembered.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


@kept(places=PLACES_MAX)
def _latest(histories: tuple[tuple[bytes, int], ...], first_round: int) -> tuple[Spell, ...]:
    return spells(histories, first_round)
