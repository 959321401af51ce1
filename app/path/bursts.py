"""Bursts of loss: some seconds in which several hops of a path lose probes together.

A link that loses for some seconds and then for minutes nothing, as a radio or a flapping line does, is lossy all the
time to whoever uses it. Each burst alone looks like an outage, or like loss that has ended; two of them are loss that
comes in bursts. A burst is lossy rounds with no more than APART others between them, in which HOPS_MIN hops or more
that seldom lose (all of them, where there are fewer up to the path's end) together lost LOST_MIN probes, and at least
SHARE_MIN of those that they had. Steady loss is no burst: its lossy rounds lie close, and it lasts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

TYPE_CHECKING = False

APART = 15
HOPS_MIN, LOST_MIN, ROUNDS_MIN, SHARE_MIN = 3, 5, 2, 0.15
# A hop that loses so much rate-limits its replies, or the path loses all the time: that is no burst.
OFTEN = 0.25
OFTEN_COUNT = 10
KEPT = 32
# An answer may be late to one of so many lossy rounds: no probe is waited for as long as they take.
LATE_MAX = 128


@dataclass(frozen=True, slots=True)
class Burst:
    """Rounds in which several hops lost probes together."""

    first_round: int  # of the trace
    last_round: int  # of the trace; it may go on
    lost: int  # probes of all hops together
    first_ttl: int  # the first hop that lost any
    time_us: int  # when its first round began (monotonic)


class Bursts:
    """Takes the rounds of a path in their order, each once the fate of all its probes is known."""

    def __init__(self) -> None:
        self._kept: tuple[Burst, ...] = ()
        self._rounds = 0
        self._lost: dict[int, int] = {}  # by hop, but in bursts
        # The lossy rounds that may become a burst: where they begin and end, how many they are, what each hop lost in
        # them, and, as bits, the hops that lost in each of the latest; and when the first began.
        self._from = self._to = 0
        self._count = 0
        self._in_burst: dict[int, int] = {}
        self._latest: deque[tuple[int, int]] = deque(maxlen=LATE_MAX)
        self._since_us = 0

    @property
    def kept(self) -> tuple[Burst, ...]:
        """The latest bursts, the oldest first; the last may go on."""
        return self._kept

    def restart(self) -> None:
        """Another path has begun."""
        self._kept, self._rounds, self._lost = (), 0, {}
        self._forget()

    def round(self, number: int, time_us: int, lost: int, heard: int) -> None:
        """The fates of a round: the hops whose probe was lost, and those that ever answered, as bits."""
        self._rounds += 1
        sound = heard
        for ttl, count in self._lost.items():
            if count >= OFTEN_COUNT and count > OFTEN * self._rounds:
                sound &= ~(1 << ttl)
        if self._count and number > self._to + APART:
            self._close()
        lost &= sound
        if not lost:
            return
        if not self._count:
            self._from, self._since_us = number, time_us
        self._to = number
        self._count += 1
        self._latest.append((number, lost))
        for ttl in _bits(lost):
            self._in_burst[ttl] = self._in_burst.get(ttl, 0) + 1
        if self._kept and self._kept[-1].first_round == self._from:
            self._kept = self._kept[:-1]
        burst = self._burst(sound)
        if burst is not None:
            self._kept = (*self._kept, burst)[-KEPT:]

    def late(self, number: int, ttl: int) -> None:
        """A probe that had been counted as lost was answered after all."""
        for index, (at, hops) in enumerate(self._latest):
            if at == number and hops >> ttl & 1:
                self._latest[index] = at, hops & ~(1 << ttl)
                self._in_burst[ttl] -= 1
        kept = []
        for one in self._kept:
            lost = one.lost - (one.first_round <= number <= one.last_round)
            if lost >= LOST_MIN:
                kept.append(replace(one, lost=lost))
        self._kept = tuple(kept)

    def _close(self) -> None:
        """The lossy rounds are over; where they were no burst, they count as losses of each hop."""
        if not self._kept or self._kept[-1].first_round != self._from:
            for ttl, count in self._in_burst.items():
                self._lost[ttl] = self._lost.get(ttl, 0) + count
        self._forget()

    def _forget(self) -> None:
        self._count = 0
        self._in_burst = {}
        self._latest.clear()

    def _burst(self, sound: int) -> Burst | None:
        hit = [ttl for ttl, count in self._in_burst.items() if count]
        lost = sum(self._in_burst.values())
        if lost < LOST_MIN or self._count < ROUNDS_MIN:
            return None
        first_ttl = min(hit)
        beyond = (sound >> first_ttl).bit_count()
        rounds = self._to - self._from + 1
        if lost < SHARE_MIN * beyond * rounds:
            return None
        if len(hit) < min(HOPS_MIN, beyond) or 2 * len(hit) < beyond:
            return None
        return Burst(self._from, self._to, lost, first_ttl, self._since_us)


def _bits(hops: int) -> list[int]:
    return [ttl for ttl in range(hops.bit_length()) if hops >> ttl & 1]
