"""When which TTL is probed.

The first round sends in a sliding window, so that the path shows after little more than the longest RTT. The
window opens slowly and nothing goes beyond a target that has answered, because a host answers only about six errors
in a burst (Linux: net.ipv4.icmp_ratelimit). Later rounds are spread evenly over the interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocols import PROTOCOLS

if TYPE_CHECKING:
    from ..settings import TraceSettings
    from .known_path import KnownPath

WINDOW_FIRST = 2
# A silent hop holds up the first round for this long at most, as mtr's first round does at its usual interval.
TICK_MAX_US = 100_000
TICK_MIN_US = 10_000
# After this time a probe of the first round no longer takes a place in the window.
YOUNG_US = 500_000
# Later rounds send within this part of the interval, so that the answers to the last round need not be waited for.
SPREAD_PERCENT = 80
# A round that begins this much too late (the machine slept) moves the schedule instead of catching up.
BEHIND_MIN_US = 100_000


class Pacing:
    """The schedule of one target; the engine asks what is due and tells what it sent and what was answered.

    ``round`` counts from 0; it is -1 before the first. ``tick_us`` lies between two probes of a round. Times are
    monotonic microseconds.
    """

    def __init__(self, settings: TraceSettings, known: KnownPath) -> None:
        self.settings = settings
        self.known = known
        self.round = -1
        self.rounds_done = 0
        # Whether no further round is wanted, although there may be more.
        self.enough = False
        self.in_round = False
        self.next_ttl = settings.first_ttl
        self._next_round_us = 0
        self._round_us = 0
        self.tick_us = 0
        self._last_us = 0
        self._step = 0
        self._discovering = True
        self._window = WINDOW_FIRST
        self._young: dict[int, int] = {}

    def begin(self, now_us: int) -> None:
        """Begin at ``now_us`` with a round that discovers the path; earlier rounds keep their numbers."""
        self._next_round_us = now_us
        self.in_round = False
        self._discovering = True
        self._window = WINDOW_FIRST
        self._young.clear()

    @property
    def over(self) -> bool:
        """Whether the last round has sent all its probes."""
        rounds = self.settings.rounds
        return (self.enough or (rounds is not None and self.rounds_done >= rounds)) and not self.in_round

    @property
    def steady(self) -> bool:
        """Whether the schedule no longer depends on when an answer comes: the path is known, and rounds follow."""
        return not self._discovering and not self.over

    def due_us(self, now_us: int) -> int | None:
        """When the next probe or round is due; None: not before something is answered, or never."""
        if self.over:
            return None
        if not self.in_round:
            return self._next_round_us
        if self._discovering:
            return self._discovery_due_us(now_us)
        return self._round_us + self._step * self.tick_us

    def start_round(self, now_us: int) -> int:
        """Begin the next round; its number is returned."""
        interval_us = self.settings.interval_us
        behind_us = now_us - self._next_round_us
        self._round_us = now_us if behind_us > max(interval_us // 2, BEHIND_MIN_US) else self._next_round_us
        self.round += 1
        self.in_round = True
        self.next_ttl = self.settings.first_ttl
        self._step = 0
        self.tick_us = interval_us * SPREAD_PERCENT // 100 // self.known.length(self.settings)
        if self._discovering:
            self.tick_us = min(max(interval_us // 10, TICK_MIN_US), TICK_MAX_US)
            self._last_us = self._round_us - self.tick_us
        self._next_round_us = self._round_us + interval_us
        return self.round

    @property
    def discovering(self) -> bool:
        """Whether the first round still lasts, or has not begun."""
        return self._discovering

    def sent(self, now_us: int, *, deferred: bool = False) -> None:
        """The probe of ``next_ttl`` went out (or was left out, or ``deferred``); the round goes on or ends."""
        ttl = self.next_ttl
        self._step += 1
        self.next_ttl += 1
        self._last_us = now_us
        if self._discovering:
            if not deferred:
                self._young[ttl] = now_us
        elif self.known.round_ends(ttl, self.settings):
            self._end_round(now_us)
        if self._discovering:
            self._look_for_end(now_us)

    def answered(self, ttl: int, now_us: int) -> None:
        """The probe of a TTL was answered: the window opens."""
        if self._young.pop(ttl, None) is not None:
            self._window = min(self._window + 1, PROTOCOLS[self.settings.protocol].window_max)
        if self._discovering and self.in_round:
            self._look_for_end(now_us)

    def change(self, settings: TraceSettings) -> None:
        """Go on with other settings at once: a longer interval is waited for, a shorter one begins now."""
        if self.in_round and not self._discovering:
            length = self.known.length(settings)
            self.tick_us = settings.interval_us * SPREAD_PERCENT // 100 // length
            self._round_us = self._last_us - max(self._step - 1, 0) * self.tick_us
        self._next_round_us = self._round_us + settings.interval_us
        self.settings = settings
        if self.in_round and self.next_ttl < settings.first_ttl:
            self.next_ttl = settings.first_ttl

    def shift(self, pause_us: int) -> None:
        """Go on after a pause as if it had not been."""
        self._next_round_us += pause_us
        self._round_us += pause_us
        self._last_us += pause_us

    def _end_round(self, now_us: int) -> None:
        # A round that grew longer than planned pushes the next one, so that the pace never doubles.
        busy_until_us = now_us if self._discovering else self._round_us + self._step * self.tick_us
        self._next_round_us = max(self._next_round_us, busy_until_us)
        self.in_round = False
        self.rounds_done += 1
        self._discovering = False
        self._young.clear()

    def _look_for_end(self, now_us: int) -> None:
        """End the discovering round if the last TTL sent is the end, judging silence only by probes grown old."""
        last_ttl = self.next_ttl - 1
        settings = self.settings
        if last_ttl < settings.first_ttl:
            return
        end = self.known.end(settings)
        found = (end is not None and last_ttl >= end) or last_ttl >= settings.max_ttl
        if found or self.known.silent(settings.first_ttl, last_ttl, now_us - YOUNG_US) > settings.max_unknown:
            self._end_round(now_us)

    def _discovery_due_us(self, now_us: int) -> int | None:
        old = [ttl for ttl, sent_us in self._young.items() if now_us - sent_us >= YOUNG_US]
        for ttl in old:
            del self._young[ttl]
        settings = self.settings
        if self.known.silent(settings.first_ttl, self.next_ttl - 1) > settings.max_unknown:
            # Too many have not answered yet: go on only when they have, or when the round ends for them.
            self._look_for_end(now_us)
            if not self.in_round:
                return None if self.over else self._next_round_us
            return min(self._young.values(), default=now_us) + YOUNG_US
        if len(self._young) < self._window:
            return max(self._last_us, self._round_us)
        return self._last_us + self.tick_us
