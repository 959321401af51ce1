"""Shifts of the RTT on an unchanged path: when the far end's level moved, and at which hops of the path it did."""

from __future__ import annotations

from dataclasses import replace

from .rtt_level import RttLevel
from .snapshot import NOBODY, PENDING, LogEntry, RttShift

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .hop import LiveHop
    from .rtt_level import Level
    from .snapshot import ShiftStatus

# So many rounds before a shift are compared with as many after it, at each hop.
COMPARED = 60
ANSWERS_MIN = 3
# A hop moved with the end where so many of its answers lie beyond the middle of the step, and did not where so few do.
MOVED, STAYED = 0.7, 0.3
REMEMBERED = 400  # rounds of which the time of their beginning is known


class LevelWatch:
    """Follows the history of the far end round by round; begins anew with every path."""

    def __init__(self, target: str, hops: Mapping[int, LiveHop]) -> None:
        self._target = target
        self._hops = hops
        self._level = RttLevel()
        self._end_ttl = 0
        self._next: int | None = None  # the first round that has not been looked at
        self._begins_us: dict[int, int] = {}
        self._seeming: Level | None = None
        self._levels = [0]  # the first rounds of the level in use, last, and of the one before
        self._since_us = 0  # when the level in use began
        self.shift: RttShift | None = None

    @property
    def level_round(self) -> int:
        """The first round of the level in use; 0: it is that with which the path, or the history, begins."""
        return self._levels[-1]

    def path_changed(self, number: int) -> None:
        """Another path is in use since a round: its level is another one."""
        self._level = RttLevel()
        self._next = number
        self._seeming = None
        self._levels = [0]
        self.shift = None

    def round_started(self, number: int, time_us: int) -> None:
        """A round begins."""
        self._begins_us[number] = time_us
        if len(self._begins_us) > REMEMBERED:
            del self._begins_us[next(iter(self._begins_us))]

    def follow(self, last_round: int, kept_from: int) -> LogEntry | None:
        """Look at the rounds up to the first whose probe is in flight; histories begin with round ``kept_from``.

        A shift that is confirmed is handed back for the log.
        """
        end_ttl = self._far_end()
        if not end_ttl:
            return None
        if end_ttl != self._end_ttl:
            if self._end_ttl:
                self.path_changed(max(self._next or 0, last_round))
            self._end_ttl = end_ttl
        end, at = self._hops[end_ttl], kept_from if self._next is None else max(self._next, kept_from)
        entry = None
        while at <= last_round:
            value = end.history_at(at - kept_from)
            if value == PENDING:
                break
            if value >= 0 and (level := self._level.answered(at, value)) is not None:
                entry = self._confirmed(level, kept_from) or entry
            at += 1
        self._next = at
        self._follow_seeming(kept_from)
        return entry

    def _far_end(self) -> int:
        """The target's hop; while it has not answered, the last one that has."""
        ends = [ttl for ttl, hop in self._hops.items() if hop.is_end(self._target)]
        return min(ends) if ends else max((ttl for ttl, hop in self._hops.items() if hop.received), default=0)

    def _follow_seeming(self, kept_from: int) -> None:
        level = self._level.seeming
        if level == self._seeming:
            return
        self._seeming = level
        told = self.shift if self.shift is not None and self.shift.status in {"seeming", "uneven"} else None
        if level is None:
            if told is not None:
                self.shift = self._gone_back(told)
            return
        if told is not None and told.round == level.first:
            self.shift = told if level.even else replace(told, status="uneven")
            return
        place = self._place(level, kept_from)
        if place is not None:
            self.shift = self._made(level, place, "seeming")

    def _gone_back(self, told: RttShift) -> RttShift | None:
        """What seemed to be a shift and came back; None where it has become part of what is usual."""
        gone = self._level.excursion
        if gone is None or gone.level.first != told.round:
            return None
        time_us = self._time_of(gone.last + 1)
        return replace(
            told, round=gone.last + 1, time_us=time_us, before_us=told.after_us, after_us=told.before_us, status="back"
        )

    def _confirmed(self, level: Level, kept_from: int) -> LogEntry | None:
        self._seeming = None
        place = self._place(level, kept_from)
        if place is None:
            self.shift = None
            return None
        self.shift = self._made(level, place, "back" if level.back else "confirmed")
        # Back on the level before, what was between is a part of its history.
        self._levels = self._levels[:1] if level.back else [self._levels[-1], level.first]
        self._since_us = self.shift.time_us
        for hop in self._hops.values():
            hop.rebase(level.first + 1 - kept_from)  # that round may have met both levels
        sign = "+" if level.step_us > 0 else "-"
        text = f"RTT shifted by {sign}{abs(level.step_us) / 1000:.1f} ms, same visible path"
        if level.back:
            text = f"RTT back to {level.after_us / 1000:.1f} ms"
        return LogEntry(self.shift.time_us, level.first, "rtt-shifted", text, *place)

    def _made(self, level: Level, place: tuple[int, int], status: ShiftStatus) -> RttShift:
        time_us = self._time_of(level.first)
        since_us = self._since_us if level.back else time_us
        return RttShift(level.first, time_us, level.before_us, level.after_us, *place, status, since_us)

    def _time_of(self, number: int) -> int:
        """When a round began; of one that is not remembered, the oldest that is."""
        return self._begins_us.get(number, next(iter(self._begins_us.values()), 0))

    def _place(self, level: Level, kept_from: int) -> tuple[int, int] | None:
        """At which hop it begins: the first after the last that stayed, and the first that moved; None: no shift.

        It is none where other routers answer since: that is a change of the path.
        """
        at = level.first - kept_from
        first_ttl, last_ttl = 1, self._end_ttl
        for ttl in sorted((ttl for ttl in self._hops if ttl <= self._end_ttl), reverse=True):
            hop = self._hops[ttl]
            before_us, before_by = hop.history(max(0, at - COMPARED), max(0, at))
            after_us, after_by = hop.history(max(0, at), at + COMPARED)
            old, new = set(before_by) - {NOBODY}, set(after_by[1:]) - {NOBODY}
            if old and new and not old & new:
                return None
            if first_ttl > 1:
                continue
            moved = _moved([one for one in before_us if one >= 0], [one for one in after_us if one >= 0], level.step_us)
            if moved is not None and moved >= MOVED:
                last_ttl = ttl
            elif moved is not None and moved <= STAYED and ttl < self._end_ttl:
                first_ttl = ttl + 1
        return min(first_ttl, last_ttl), last_ttl


def _moved(before_us: list[int], after_us: list[int], step_us: int) -> float | None:
    """The share of later answers beyond the middle of a step above, or below, the former median; None: too few."""
    if len(before_us) < ANSWERS_MIN or len(after_us) < ANSWERS_MIN:
        return None
    bound_us = sorted(before_us)[len(before_us) // 2] + step_us // 2
    beyond = sum(one > bound_us if step_us > 0 else one < bound_us for one in after_us)
    return beyond / len(after_us)
