"""How far another machine's clock is ahead of this one's, and how sure that is; without I/O.

It is asked for its time now and then. Its answer was written at some moment between the question and its arrival, so
half of the time between is the bound of the error, whatever the two directions took (RFC 5905 section 8 takes the
middle as well). The quickest exchanges bind best. An older one binds less: clocks drift apart.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

# RFC 5905, figure 9: PHI, how far a clock may drift, in parts of a million.
DRIFT_PPM = 15
KEPT = 16
# So many exchanges in a row, each after the one before, and then one in so many beats.
AT_FIRST, EVERY = 8, 8


class ClockOffset(NamedTuple):
    """What is known at a moment."""

    offset_us: int  # added to this host's time it gives the other machine's
    bound_us: int  # of its error, to either side


class _Exchange(NamedTuple):
    middle_us: int
    offset_us: int
    half_us: int

    def bound_us(self, now_us: int) -> int:
        return self.half_us + (now_us - self.middle_us) * DRIFT_PPM // 1_000_000


class FarClock:
    """Folds the exchanges with one machine. Times are monotonic microseconds of this host."""

    def __init__(self) -> None:
        self._kept: deque[_Exchange] = deque(maxlen=KEPT)
        self._beats = 0
        self._count = 0
        self.is_new = False
        """Whether there was an exchange since the last ``news``."""
        self._told: ClockOffset | None = None
        self.stepped = False
        """Whether the clock was set since the last news: what was known before is void."""

    def is_due(self) -> bool:
        """Whether it is to be asked now; called once a beat."""
        self._beats += 1
        return self._beats % EVERY == 1

    @property
    def is_beginning(self) -> bool:
        """Whether the next exchange is to follow at once."""
        return self._count < AT_FIRST

    def exchanged(self, asked_us: int, told_us: int, far_us: int) -> None:
        """Asked at one moment, it answered with its time, and that was read at another."""
        half_us = -(-max(told_us - asked_us, 0) // 2)
        middle_us = asked_us + half_us
        new = _Exchange(middle_us, far_us - middle_us, half_us)
        if any(abs(new.offset_us - one.offset_us) > half_us + one.bound_us(told_us) for one in self._kept):
            self._kept.clear()
            self.stepped = self._told is not None
        self._kept.append(new)
        self._count += 1
        self.is_new = True

    def offset(self, now_us: int) -> ClockOffset | None:
        """The best that is known; None: nothing."""
        if not self._kept:
            return None
        best = min(self._kept, key=lambda one: one.bound_us(now_us))
        return ClockOffset(best.offset_us, best.bound_us(now_us))

    def news(self, now_us: int) -> ClockOffset | None:
        """What is known, where that is worth telling: after the first exchanges, a third surer, or set anew."""
        self.is_new = False
        found = self.offset(now_us)
        if found is None or self.is_beginning:
            return None
        before = self._told
        if before is not None and not self.stepped and found.bound_us * 3 > before.bound_us * 2:
            return None
        self._told = found
        self.stepped = False
        return found
