"""Loss of a link in continuous time: whether a packet that enters it now comes out.

A process draws its history from its own generator as far as it is asked for, so packets may ask in any order and the
same seed is the same weather, whoever measures it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from random import Random

    from bench.worlds.queues import Delay


class LossProcess(Protocol):
    """What drops packets."""

    def chance(self, now_us: float) -> float:
        """The probability that a packet is lost that enters at a time (microseconds from the start)."""
        ...


class Steady:
    """Each packet is lost independently with one probability."""

    def __init__(self, share: float) -> None:
        self.share = share

    def chance(self, now_us: float) -> float:
        """The share."""
        return self.share


class GilbertElliott:
    """A link that is good or bad for exponentially distributed times and loses ``bad_share`` while it is bad."""

    def __init__(self, chance: Random, *, good_s: float, bad_s: float, bad_share: float, good_share: float = 0) -> None:
        self.good_s, self.bad_s = good_s, bad_s
        self.shares = (good_share, bad_share)
        self._chance = chance
        first_bad = chance.random() < bad_s / (good_s + bad_s)
        self._turns_us = [0.0]  # when the state turned; even entries begin the first state
        self._first = int(first_bad)

    @property
    def mean(self) -> float:
        """The share of packets lost in the long run."""
        weight = self.bad_s / (self.good_s + self.bad_s)
        return (1 - weight) * self.shares[0] + weight * self.shares[1]

    def bad(self, now_us: float) -> bool:
        """Whether the link is bad at a time."""
        turns = self._turns_us
        while turns[-1] <= now_us:
            state = (self._first + len(turns) - 1) % 2
            mean_s = self.bad_s if state else self.good_s
            turns.append(turns[-1] + self._chance.expovariate(1 / mean_s) * 1e6)
        return bool((self._first + bisect_right(turns, now_us) - 1) % 2)

    def chance(self, now_us: float) -> float:
        """The share lost in the present state."""
        return self.shares[self.bad(now_us)]


class Periodic:
    """Nothing gets through for ``gap_s`` every ``period_s``: a radio that scans, a timer."""

    def __init__(self, *, period_s: float, gap_s: float, phase_s: float = 0.0) -> None:
        self.period_s, self.gap_s, self.phase_s = period_s, gap_s, phase_s

    def chance(self, now_us: float) -> float:
        """1 in the gap."""
        return float((now_us / 1e6 + self.phase_s) % self.period_s < self.gap_s)


class TailDrop:
    """A full queue: while packets wait nearly as long as the buffer holds, a share of them does not fit."""

    def __init__(self, queue: Delay, buffer_us: float, share: float) -> None:
        self.queue, self.full_us, self.share = queue, 0.9 * buffer_us, share

    def chance(self, now_us: float) -> float:
        """The share while the queue is full."""
        return self.share if self.queue.wait_us(now_us) >= self.full_us else 0.0


class During:
    """A process that acts from one time to another alone."""

    def __init__(self, process: LossProcess, since_s: float, until_s: float) -> None:
        self.process, self.since_us, self.until_us = process, since_s * 1e6, until_s * 1e6

    def chance(self, now_us: float) -> float:
        """The process's chance while it lasts, else 0."""
        return self.process.chance(now_us) if self.since_us <= now_us < self.until_us else 0.0
