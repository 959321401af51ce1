"""Limits on replies: whether a router may answer a probe now. Other people's probes draw from the same limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from random import Random


class Limit(Protocol):
    """What keeps a router from answering."""

    def allows(self, now_us: float) -> bool:
        """Whether a reply leaves at a time (microseconds from the start); asked once a probe."""
        ...


class Others:
    """Probes of other people: Poisson arrivals, ``per_s`` a second on the average."""

    def __init__(self, chance: Random, per_s: float) -> None:
        self._chance, self._per_s = chance, per_s
        self._next_us = chance.expovariate(per_s) * 1e6 if per_s else float("inf")

    def until(self, now_us: float) -> list[float]:
        """When they came since the last call."""
        came = []
        while self._next_us <= now_us:
            came.append(self._next_us)
            self._next_us += self._chance.expovariate(self._per_s) * 1e6
        return came


class TokenBucket:
    """``rate`` tokens a second, at most ``burst``; a reply takes one (Linux, most routers)."""

    def __init__(self, rate: float, burst: float, others: Others | None = None) -> None:
        self.rate, self.burst = rate, burst
        self._others = others
        self._tokens, self._then_us = burst, 0.0

    def _take(self, now_us: float) -> bool:
        passed_us = max(0.0, now_us - self._then_us)
        self._tokens = min(self.burst, self._tokens + self.rate * passed_us / 1e6)
        self._then_us = max(now_us, self._then_us)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def allows(self, now_us: float) -> bool:
        """Whether there is a token left when the others have had theirs."""
        for at_us in self._others.until(now_us) if self._others is not None else ():
            self._take(at_us)
        return self._take(now_us)


class Gate:
    """One reply, then none for ``closed_s`` (one each 500 ms is an old default); others may have passed first."""

    def __init__(self, closed_s: float, others: Others | None = None) -> None:
        self.closed_s = closed_s
        self._others = others
        self._open_us = 0.0

    def _pass(self, now_us: float) -> bool:
        if now_us < self._open_us:
            return False
        self._open_us = now_us + self.closed_s * 1e6
        return True

    def allows(self, now_us: float) -> bool:
        """Whether the gate is open."""
        for at_us in self._others.until(now_us) if self._others is not None else ():
            self._pass(at_us)
        return self._pass(now_us)


class Window:
    """So many replies in each window of time, counted anew when it begins (BSD: a second)."""

    def __init__(self, replies: int, window_s: float, others: Others | None = None) -> None:
        self.replies, self.window_s = replies, window_s
        self._others = others
        self._window, self._used = -1, 0

    def _use(self, now_us: float) -> bool:
        window = int(now_us / 1e6 / self.window_s)
        if window > self._window:
            self._window, self._used = window, 0
        self._used += 1
        return self._used <= self.replies

    def allows(self, now_us: float) -> bool:
        """Whether this window has replies left."""
        for at_us in self._others.until(now_us) if self._others is not None else ():
            self._use(at_us)
        return self._use(now_us)


class Busy:
    """A control plane that drops a share of what it is asked, at random (low priority under load)."""

    def __init__(self, chance: Random, share: float) -> None:
        self._chance, self.share = chance, share

    def allows(self, now_us: float) -> bool:
        """Whether this probe was lucky."""
        return self._chance.random() >= self.share
