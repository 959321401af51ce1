"""What every hop did by the minute, for about a day: the long memory beside the history of single rounds."""

from __future__ import annotations

from array import array

MINUTE_US = 60_000_000
DAY = 1440  # minutes that are kept at least
SLACK = 120  # so many more come together before the oldest are forgotten


class LiveMinutes:
    """Counts the probes of each hop by the minute in which their round began; constant memory.

    Rounds are named by their index into the histories, as the path's hops name them.
    """

    def __init__(self) -> None:
        self.started_us = 0  # when the first minute began, monotonic
        self.first = 0  # the number of the oldest minute that is kept, counted from the start
        self._kept = 0
        self._minute_of = array("i")  # of each round of the histories, the number of its minute
        self._hops: dict[int, HopMinutes] = {}

    def round_started(self, time_us: int, before: int) -> None:
        """A round begins; the histories hold ``before`` rounds without it."""
        if not self._kept:
            self.started_us = time_us
            self._minute_of = array("i", [-1]) * before
        number = (time_us - self.started_us) // MINUTE_US
        self._minute_of.append(number)
        while self.first + self._kept <= number:
            self._kept += 1
            for hop in self._hops.values():
                hop.extend(1)
        if self._kept > DAY + SLACK:
            over = self._kept - DAY
            self.first, self._kept = self.first + over, DAY
            for hop in self._hops.values():
                hop.trim(over)

    def trim(self, rounds: int) -> None:
        """The histories forget their oldest rounds."""
        del self._minute_of[:rounds]

    def answered(self, ttl: int, at: int, rtt_us: int, *, late: bool) -> None:
        """The probe of a round was answered; ``late``: it had been counted as lost."""
        if (minute := self._at(at)) >= 0:
            self._hop(ttl).answered(minute, rtt_us, late=late)

    def lost(self, ttl: int, at: int, count: int = 1) -> None:
        """The probe of a round is lost; a negative count takes that back."""
        if (minute := self._at(at)) >= 0:
            self._hop(ttl).lost[minute] += count

    def forget(self, ttl: int) -> None:
        """What stood at a TTL was another target's router."""
        self._hops.pop(ttl, None)

    def freeze(self, ttl: int) -> tuple[memoryview, memoryview]:
        """Of each minute that is kept: the worst RTT (-1: no answer), and how many probes were lost."""
        hop = self._hop(ttl)
        return memoryview(hop.worst_us[:]).toreadonly(), memoryview(hop.lost[:]).toreadonly()

    def _at(self, at: int) -> int:
        number = self._minute_of[at] if 0 <= at < len(self._minute_of) else -1
        return number - self.first if number >= self.first else -1

    def _hop(self, ttl: int) -> HopMinutes:
        hop = self._hops.get(ttl)
        if hop is None:
            hop = self._hops[ttl] = HopMinutes(self._kept)
        return hop


class HopMinutes:
    """The minutes of one hop."""

    __slots__ = ("lost", "worst_us")

    def __init__(self, minutes: int) -> None:
        self.worst_us = array("i", [-1]) * minutes
        self.lost = array("i", [0]) * minutes

    def extend(self, minutes: int) -> None:
        """More minutes begin."""
        self.worst_us.extend([-1] * minutes)
        self.lost.extend([0] * minutes)

    def trim(self, minutes: int) -> None:
        """Forget the oldest."""
        del self.worst_us[:minutes]
        del self.lost[:minutes]

    def answered(self, minute: int, rtt_us: int, *, late: bool) -> None:
        """An answer to a probe of a minute."""
        self.worst_us[minute] = max(self.worst_us[minute], rtt_us)
        self.lost[minute] -= late
