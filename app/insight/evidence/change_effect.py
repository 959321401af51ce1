"""What a path change cost: rounds that were lost with it, and by how much the RTTs beyond it rose or fell.

The best times of up to AROUND rounds before and after it are compared, so that the words stand still soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.snapshot import UNANSWERED
from .. import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop, LogEntry, Snapshot

AROUND = 30
ANSWERS_MIN = 5
NEWS_US = 1000
IN_FLIGHT = 20  # rounds whose probes may still be in flight
SETTLED_MAX = 4096


_settled: dict[LogEntry, str] = {}  # of changes whose words no later round will alter


def effect(snapshot: Snapshot, change: LogEntry) -> str:
    """As ``1 round lost, +12.9 ms from hop 7 on``; empty where neither is known, or worth a word."""
    if change in _settled:
        return _settled[change]
    words = _effect(snapshot, change)
    if snapshot.last_round - change.round > AROUND + IN_FLIGHT:
        if len(_settled) >= SETTLED_MAX:
            _settled.clear()
        _settled[change] = words
    return words


def _effect(snapshot: Snapshot, change: LogEntry) -> str:
    if not snapshot.hops or not snapshot.reached:
        return ""
    end = snapshot.hops[-1]
    at = change.round - (snapshot.last_round + 1 - len(end.rtts_us))
    if not 0 < at <= len(end.rtts_us):
        return ""
    parts = []
    if lost := _lost_around(end.rtts_us, at):
        parts.append(f"{lost} round{'' if lost == 1 else 's'} lost")
    begin, stop = _limits(snapshot, change, at)
    rise = rise_us(snapshot, change)
    if rise is not None and abs(rise) >= NEWS_US:
        sign = "+" if rise > 0 else "-"
        first = _from_hop(snapshot.hops, rise, (begin, at, stop))
        where = f"from hop {first} on" if first else "to the target"
        parts.append(f"{sign}{wording.milliseconds(abs(rise))} ms {where}")
    return ", ".join(parts)


def rise_us(snapshot: Snapshot, change: LogEntry) -> int | None:
    """By how much the best RTT to the target is now above what it was on the path before; None: too few answers.

    The target may have answered at another hop then: where the path before is kept, it says so.
    """
    if not snapshot.hops or not snapshot.reached:
        return None
    end = snapshot.hops[-1]
    at = change.round - (snapshot.last_round + 1 - len(end.rtts_us))
    if not 0 < at <= len(end.rtts_us):
        return None
    begin, stop = _limits(snapshot, change, at)
    left = next((one for one in reversed(snapshot.epochs) if one.last_round == change.round - 1), None)
    old = next((hop for hop in reversed(left.hops) if hop.received), None) if left is not None else None
    if old is None or old.ttl == end.ttl:
        return _rise_us(end, begin, at, stop)
    after = [value for value in end.rtts_us[at:stop] if value >= 0]
    if min(old.received, len(after)) < ANSWERS_MIN or snapshot.target.address not in dict(old.addresses):
        return None
    return min(after) - old.statistics.best


def _limits(snapshot: Snapshot, change: LogEntry, at: int) -> tuple[int, int]:
    """From where to where in the histories the paths before and after the change reach."""
    others = [one.round - change.round + at for one in snapshot.log_entries if one.kind == "path-changed"]
    begin = max((other for other in others if other < at), default=0)
    stop = min((other for other in others if other > at), default=at + AROUND)
    return max(0, begin, at - AROUND), min(stop, at + AROUND)


def _lost_around(values: memoryview, at: int) -> int:
    """Rounds lost in a row at the moment of the change."""
    before = after = 0
    while before < at and values[at - 1 - before] == UNANSWERED:
        before += 1
    while at + after < len(values) and values[at + after] == UNANSWERED:
        after += 1
    return before + after


def _rise_us(hop: Hop, begin: int, at: int, stop: int) -> int | None:
    before = [value for value in hop.rtts_us[begin:at] if value >= 0]
    after = [value for value in hop.rtts_us[at:stop] if value >= 0]
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
