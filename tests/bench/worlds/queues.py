"""Queues in continuous time: how long a packet waits that arrives now.

Cross traffic comes in lumps of work (microseconds that the link needs to send them). The wait follows Lindley's
recursion: between lumps the backlog drains at one microsecond a microsecond, a lump adds its work, and what the buffer
does not hold is dropped from the lump. Probes are 64 bytes and add nothing worth counting. As with loss, the history
is drawn as far as it is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from random import Random

# Lumps of cross traffic: when each arrives and how much work it is, both microseconds, in order of time, for ever.
Lumps = Iterator[tuple[float, float]]


class Delay(Protocol):
    """What makes packets wait."""

    def wait_us(self, now_us: float) -> float:
        """How long a packet waits that arrives at a time (microseconds from the start)."""
        ...


class Queue:
    """A first-in first-out queue with a buffer of ``buffer_us`` of work that cross traffic fills."""

    def __init__(self, lumps: Lumps, buffer_us: float = float("inf")) -> None:
        self._lumps = lumps
        self.buffer_us = buffer_us
        self._times_us = [float("-inf")]
        self._backlogs_us = [0.0]  # just after the lump of that time
        self._next = next(lumps)

    def wait_us(self, now_us: float) -> float:
        """The backlog that is before a packet arriving at this time."""
        while self._next[0] <= now_us:
            at_us, work_us = self._next
            left_us = max(0.0, self._backlogs_us[-1] - (at_us - self._times_us[-1]))
            self._times_us.append(at_us)
            self._backlogs_us.append(min(self.buffer_us, left_us + work_us))
            self._next = next(self._lumps)
        index = bisect_right(self._times_us, now_us) - 1
        return max(0.0, self._backlogs_us[index] - (now_us - self._times_us[index]))


def poisson(chance: Random, *, load: float, work_us: float) -> Lumps:
    """Lumps of exponentially distributed work at random times; ``load`` is the share of the link they take."""
    at_us = 0.0
    while True:
        at_us += chance.expovariate(load / work_us)
        yield at_us, chance.expovariate(1 / work_us)


def on_off(chance: Random, *, on_s: float, off_s: float, load: float, lump_us: float) -> Lumps:
    """Transfers that come and go: while one is on, lumps arrive at ``load`` times what the link can send."""
    at_us = chance.expovariate(1 / off_s) * 1e6
    while True:
        end_us = at_us + chance.expovariate(1 / on_s) * 1e6
        while at_us < end_us:
            yield at_us, lump_us
            at_us += chance.expovariate(load / lump_us)
        at_us = max(at_us, end_us) + chance.expovariate(1 / off_s) * 1e6


def heavy_tail(chance: Random, *, apart_s: float, least_us: float, shape: float, most_us: float) -> Lumps:
    """Retries and busy air (Wi-Fi): now and then the link is taken for a Pareto-distributed time."""
    at_us = 0.0
    while True:
        at_us += chance.expovariate(1 / apart_s) * 1e6
        yield at_us, min(most_us, least_us * chance.paretovariate(shape))


class Sawtooth:
    """The buffer of a link that one long transfer keeps filling: fluid, from ``floor_us`` up to the top and down again.

    Each tooth has a length of its own, as the transfer's window grows and is halved.
    """

    def __init__(self, chance: Random, *, top_us: float, floor_us: float, tooth_s: float) -> None:
        self._chance = chance
        self.top_us, self.floor_us, self.tooth_s = top_us, floor_us, tooth_s
        self._starts_us = [-chance.random() * tooth_s * 1e6]
        self._lengths_us = [tooth_s * 1e6]

    def wait_us(self, now_us: float) -> float:
        """How full it is."""
        while self._starts_us[-1] + self._lengths_us[-1] <= now_us:
            self._starts_us.append(self._starts_us[-1] + self._lengths_us[-1])
            self._lengths_us.append(self.tooth_s * 1e6 * self._chance.uniform(0.6, 1.4))
        index = bisect_right(self._starts_us, now_us) - 1
        part = min(1.0, max(0.0, (now_us - self._starts_us[index]) / self._lengths_us[index]))
        return self.floor_us + (self.top_us - self.floor_us) * part


class Shift:
    """A link that is longer by ``by_us`` from a time on (a hidden reroute below the routers that are seen)."""

    def __init__(self, by_us: float, since_s: float, until_s: float = float("inf")) -> None:
        self.by_us, self.since_us, self.until_us = by_us, since_s * 1e6, until_s * 1e6

    def wait_us(self, now_us: float) -> float:
        """The difference while it lasts."""
        return self.by_us if self.since_us <= now_us < self.until_us else 0.0


class DelayDuring:
    """A delay that acts from one time to another alone."""

    def __init__(self, delay: Delay, since_s: float, until_s: float) -> None:
        self.delay, self.since_us, self.until_us = delay, since_s * 1e6, until_s * 1e6

    def wait_us(self, now_us: float) -> float:
        """The delay's wait while it lasts, else 0."""
        return self.delay.wait_us(now_us) if self.since_us <= now_us < self.until_us else 0.0
