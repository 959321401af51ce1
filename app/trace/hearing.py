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

from bisect import bisect_left
from typing import NamedTuple

# A probe process that is asked answers within this time, else what was written meanwhile is taken to have left late.
LATE_US = 250_000
# What left within so much of the same time is remembered as one, so that what is remembered reaches back for longer
# than probes are waited for, however many answers come from a probe process that is late all the time.
TOGETHER_US = 100_000
LATE_MAX = 512


class _Late(NamedTuple):
    """What was written after one time and until another left late."""

    until_us: int  # it was written
    from_us: int
    left_us: int  # when it left at the latest
    first_left_us: int  # when the earliest of what is remembered as one left at the latest


class AllHeard:
    """Answers reach the engines as they come: there is no pipe between."""

    asks = False

    def has_heard(self, time_us: int, now_us: int) -> bool:
        """Whether all that was to be said up to a time has been read."""
        return time_us <= now_us

    def allows(self, due_us: int | None, now_us: int) -> bool:
        """Whether what is due may be done, as it may be to judge a silence; what is not due yet may be waited for."""
        return due_us is None or due_us > now_us or self.has_heard(due_us, now_us)

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
        # Oldest first.
        self._late: list[_Late] = []

    def has_heard(self, time_us: int, now_us: int) -> bool:
        """Whether all that was to be said up to a time has been read; if it is past and has not, that is asked for."""
        if time_us <= self.heard_us:
            return True
        self.asks = self.asks or time_us <= now_us
        return False

    def left_us(self, sent_us: int) -> int:
        """When a probe left at the latest that was written at a time."""
        at = bisect_left(self._late, (sent_us,))
        if at < len(self._late) and self._late[at].from_us < sent_us:
            return self._late[at].left_us
        return sent_us

    def heard(self, written_us: int, left_us: int) -> None:
        """What was written at a time had left by ``left_us``; all that was to be said until it left has been read."""
        if written_us <= self.heard_us:
            return
        if left_us - written_us > LATE_US:
            self._remember(written_us, left_us)
        self.heard_us = written_us

    def _remember(self, written_us: int, left_us: int) -> None:
        late = _Late(written_us, self.heard_us, left_us, left_us)
        if self._late:
            last = self._late[-1]
            if last.until_us == late.from_us and abs(left_us - last.first_left_us) <= TOGETHER_US:
                self._late.pop()
                late = _Late(written_us, last.from_us, max(left_us, last.left_us), last.first_left_us)
        self._late.append(late)
        if len(self._late) > LATE_MAX:
            del self._late[0]
