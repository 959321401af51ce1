"""What a path change cost: rounds that were lost with it, and by how much the RTTs beyond it rose or fell.

The best times of up to AROUND rounds before and after it are compared: so many rounds later the figures stand still,
and whatever tells of the change tells the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...path.snapshot import UNANSWERED
from .. import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop, LogEntry, Snapshot

AROUND = 10
ANSWERS_MIN = 5
NEWS_US = 1000
IN_FLIGHT = 20  # rounds whose probes may still be in flight
SETTLED_MAX = 4096


class Cost(NamedTuple):
    """What a path change cost, as far as is known."""

    rounds_lost: int | None = None  # rounds in a row that the target lost with it; None: not known any more, or never
    rise_us: int | None = None  # of the best RTT to the target, negative where it fell; None: too few answers
    from_ttl: int = 0  # the first hop that rose or fell by half as much at least; 0: not known

    @property
    def told(self) -> bool:
        """Whether the RTT changed by so much that it is worth a word."""
        return self.rise_us is not None and abs(self.rise_us) >= NEWS_US


UNKNOWN = Cost()
_settled: dict[LogEntry, Cost] = {}  # of changes whose cost no later round will alter


def cost(snapshot: Snapshot, change: LogEntry) -> Cost:
    """What a change cost: the same figures for all that tell of it."""
    if change in _settled:
        return _settled[change]
    found = _cost(snapshot, change)
    if is_settled(snapshot, change):
        if len(_settled) >= SETTLED_MAX:
            _settled.clear()
        _settled[change] = found
    return found


def is_settled(snapshot: Snapshot, change: LogEntry) -> bool:
    """Whether no later round will alter what a change cost."""
    return snapshot.last_round - change.round > AROUND + IN_FLIGHT


def in_words(found: Cost) -> str:
    """As ``1 round lost, +12.9 ms from hop 7 on``; empty where neither is known, or worth a word."""
    parts = []
    if found.rounds_lost:
        parts.append(f"{wording.plural(found.rounds_lost, 'round')} lost")
    if found.told and found.rise_us is not None:
        where = f"from hop {found.from_ttl} on" if found.from_ttl else "to the target"
        parts.append(f"{wording.change(found.rise_us)} {where}")
    return ", ".join(parts)


def _cost(snapshot: Snapshot, change: LogEntry) -> Cost:
    if not snapshot.hops or not snapshot.reached:
        return UNKNOWN
    end = snapshot.hops[-1]
    at = change.round - (snapshot.last_round + 1 - len(end.rtts_us))
    if not 0 < at <= len(end.rtts_us):
        return UNKNOWN
    begin, stop = _limits(snapshot, change, at)
    rise_us = _target_rise_us(snapshot, change, (begin, at, stop))
    first = 0
    if rise_us is not None and abs(rise_us) >= NEWS_US:
        first = _from_hop(snapshot.hops, rise_us, (begin, at, stop))
    return Cost(_lost_around(end.rtts_us, at), rise_us, first)


def _target_rise_us(snapshot: Snapshot, change: LogEntry, places: tuple[int, int, int]) -> int | None:
    """By how much the best RTT to the target is above what it was on the path before; None: too few answers.

    The target may have answered at another hop then: where the path before is kept, it says so.
    """
    end = snapshot.hops[-1]
    _, at, stop = places
    left = next((one for one in reversed(snapshot.epochs) if one.last_round == change.round - 1), None)
    old = next((hop for hop in reversed(left.hops) if hop.received), None) if left is not None else None
    if old is None or old.ttl == end.ttl:
        return _rise_us(end, *places)
    after = [value for value in end.rtts_us[at + 1 : stop] if value >= 0]
    if min(old.received, len(after)) < ANSWERS_MIN or snapshot.target.address not in dict(old.addresses):
        return None
    return min(after) - old.statistics.best


def _limits(snapshot: Snapshot, change: LogEntry, at: int) -> tuple[int, int]:
    """From where to where in the histories the paths before and after the change reach."""
    others = [one.round - change.round + at for one in snapshot.log_entries if one.kind == "path-changed"]
    begin = max((other for other in others if other < at), default=0)
    stop = min((other for other in others if other > at), default=at + AROUND + 1)
    return max(0, begin, at - AROUND), min(stop, at + AROUND + 1)


def _lost_around(values: memoryview, at: int) -> int:
    """Rounds lost in a row at the moment of the change."""
    before = after = 0
    while before < at and values[at - 1 - before] == UNANSWERED:
        before += 1
    while at + after < len(values) and values[at + after] == UNANSWERED:
        after += 1
    return before + after


def _rise_us(hop: Hop, begin: int, at: int, stop: int) -> int | None:
    """Between the best times before a round and after it: in it some probes may still have taken the old path."""
    before = [value for value in hop.rtts_us[begin:at] if value >= 0]
    after = [value for value in hop.rtts_us[at + 1 : stop] if value >= 0]
    return min(after) - min(before) if min(len(before), len(after)) >= ANSWERS_MIN else None


def _from_hop(hops: Sequence[Hop], rise_us: int, places: tuple[int, int, int]) -> int:
    """The first of the hops, counted back from the target, that rose or fell by half as much at least.

    Where the target has moved to another hop, rows before and after are of other routers, and none is named: 0.
    """
    if _rise_us(hops[-1], *places) is None:
        return 0
    first = hops[-1].ttl
    for hop in reversed(hops[:-1]):
        own_us = _rise_us(hop, *places)
        if own_us is None:
            continue
        if own_us * 2 / rise_us < 1:
            break
        first = hop.ttl
    return first
