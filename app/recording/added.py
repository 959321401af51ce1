"""What a checkpoint adds to the one before: of a path's log and of its minutes, which grow for a day and more."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

from ..path.minutes import DAY, SLACK
from ..path.snapshot import LogEntry

if TYPE_CHECKING:
    from ..path.minutes import HopMinutes
    from ..path.path import Path


class MinutesOfHop(NamedTuple):
    """The minutes of a hop that are others than at the checkpoint before, and all that follow them."""

    ttl: int  # of the hop
    anew: bool  # nothing before counts
    first: int  # the number of the first of them
    worst_us: tuple[int, ...]  # the longest RTT of each; -1: no answer
    lost: tuple[int, ...]  # probes that it lost in each


class Added(NamedTuple):
    """What has come since the checkpoint before."""

    entries: tuple[LogEntry, ...]  # of the log
    told_us: tuple[int, ...]  # when each of them was logged: what it tells may have begun long before
    logged: int  # entries since the beginning, with those that the log has forgotten
    minutes: tuple[MinutesOfHop, ...]  # of the hops of which there are any


class Growth:
    """Looks at a path again and again, and tells what has been added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told_us: list[int] = []  # of the entries that have not been told
        self._logged = path._events.forgotten + len(path._events._entries)
        self._minutes: dict[int, tuple[HopMinutes, int, array[int], array[int]]] = {}

    def follow(self, time_us: int) -> None:
        """An event of this time has been folded."""
        log = self._path._events
        made = log.forgotten + len(log._entries)
        while self._logged < made:
            self._logged += 1
            self._told_us.append(time_us)

    def added(self) -> Added:
        """What has been added since this was last asked."""
        entries = self._path._events._entries
        told_us, self._told_us = self._told_us[-len(entries) :] if entries else [], []
        new = tuple(entries[len(entries) - len(told_us) :])
        return Added(new, tuple(told_us), self._logged, tuple(self._of_minutes()))

    def _of_minutes(self) -> list[MinutesOfHop]:
        minutes = self._path._minutes
        found = []
        before, self._minutes = self._minutes, {}
        for ttl, hop in minutes._hops.items():
            known = before.get(ttl)
            anew = known is None or known[0] is not hop
            same = 0 if known is None or anew else _same(hop, minutes.first - known[1], known[2], known[3])
            self._minutes[ttl] = hop, minutes.first, hop.worst_us[:], hop.lost[:]
            if anew or same < len(hop.worst_us):
                rest = tuple(hop.worst_us[same:]), tuple(hop.lost[same:])
                found.append(MinutesOfHop(ttl, anew, minutes.first + same, *rest))
        return found


def _same(hop: HopMinutes, gone: int, worst_us: array[int], lost: array[int]) -> int:
    """How many of a hop's minutes are as they were, from the first on; ``gone`` of those before are forgotten."""
    pairs = zip(hop.worst_us, hop.lost, worst_us[gone:], lost[gone:], strict=False)
    count = 0
    for new_us, new_lost, old_us, old_lost in pairs:
        if new_us != old_us or new_lost != old_lost:
            break
        count += 1
    return count


def minutes_of(ttl: int, added: list[MinutesOfHop], first: int, count: int) -> tuple[array[int], array[int]]:
    """The longest RTTs and the losses of a hop's minutes, so many from one on, from all that was added."""
    worst_us, lost = array("i", [-1]) * count, array("i", [0]) * count
    for one in added:
        if one.ttl != ttl:
            continue
        if one.anew:
            worst_us, lost = array("i", [-1]) * count, array("i", [0]) * count
        at = one.first - first
        there_us, there = one.worst_us[max(0, -at) :], one.lost[max(0, -at) :]
        at = max(0, at)
        length = min(len(there_us), len(there), count - at)
        if length > 0:
            worst_us[at : at + length] = array("i", there_us[:length])
            lost[at : at + length] = array("i", there[:length])
    return worst_us, lost


KEPT_MAX = DAY + SLACK + 1  # minutes
