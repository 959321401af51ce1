"""Up to when all that the probe process had to say has been read: before that, silence says nothing.

An answer may lie unread in a pipe, or unsent in a probe process that had no processor, or stood still. So a probe is
lost only when its time is over and what the probe process said up to then has been read. Two things show how far that
is, since commands and answers each keep their order:

1. An answer to a probe shows that the probe process has told all that it had received when it read that command.
2. Where no answer comes, it is asked a question (``asks``), and the answer to that shows the same.

What was written between two such moments may have left as late as the second one was read. Where that is much later
than it was written, its time is counted from then.
"""

from __future__ import annotations

from collections import deque

# A probe process that is asked answers within this time, else what was written meanwhile is taken to have left late.
LATE_US = 250_000
LATE_MAX = 64


class AllHeard:
    """Answers reach the engines as they come: there is no pipe between."""

    asks = False

    def has_heard(self, time_us: int, now_us: int) -> bool:
        """Whether all that was to be said up to a time has been read."""
        return time_us <= now_us

    def left_us(self, sent_us: int) -> int:
        """When a probe left at the latest that was written at a time."""
        return sent_us

    def heard(self, written_us: int, left_us: int) -> None:
        """What was written at a time had left by ``left_us``; all that was to be said until it left has been read."""


class Hearing(AllHeard):
    """What is known of a probe process through its pipe; all times are monotonic microseconds of this process.

    ``asks``: something is to be judged, and the probe process must be asked first; the owner does so, clears it, and
    tells by ``heard``.
    """

    def __init__(self) -> None:
        self.asks = False
        self.heard_us = -1
        # From when, until when, and when what was written between left at the latest.
        self._late: deque[tuple[int, int, int]] = deque(maxlen=LATE_MAX)

    def has_heard(self, time_us: int, now_us: int) -> bool:
        """Whether all that was to be said up to a time has been read; if it is past and has not, that is asked for."""
        if time_us <= self.heard_us:
            return True
        self.asks = self.asks or time_us <= now_us
        return False

    def left_us(self, sent_us: int) -> int:
        """When a probe left at the latest that was written at a time."""
        for from_us, until_us, left_us in self._late:
            if from_us < sent_us <= until_us:
                return left_us
        return sent_us

    def heard(self, written_us: int, left_us: int) -> None:
        """What was written at a time had left by ``left_us``; all that was to be said until it left has been read."""
        if written_us <= self.heard_us:
            return
        if left_us - written_us > LATE_US:
            self._late.append((self.heard_us, written_us, left_us))
        self.heard_us = written_us
