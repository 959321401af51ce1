"""An alert on a share of probes: of those that are lost, or of those whose RTT is above a level."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..statistics.exact_tests import proportion_interval
from .expression import Window
from .thresholds import is_clear, raises_at


@dataclass(frozen=True, slots=True)
class Share:
    """Losses among probes, or what else is counted, with the exact 95 % interval of their share."""

    hits: int = 0
    """How many."""
    probes: int = 0
    """Of how many."""

    @property
    def value(self) -> float:
        """From 0 to 1; 0 while there are none."""
        return self.hits / self.probes if self.probes else 0.0

    @property
    def lower(self) -> float:
        """The lower bound of the 95 % interval, from 0 to 1."""
        return proportion_interval(self.hits, self.probes)[0]

    @property
    def upper(self) -> float:
        """The upper bound, likewise."""
        return proportion_interval(self.hits, self.probes)[1]


@dataclass(frozen=True, slots=True)
class ClearBelow:
    """A user's own condition for the end."""

    share: float
    """Below this share, from 0 to 1."""
    length_us: int
    """Over the latest probes of so long, in microseconds, since the alert was raised."""


class _Latest:
    """The latest probes, and how many of them are hits: so many, or those of so long, in microseconds."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._probes: deque[tuple[int, bool]] = deque()
        self._hits = 0

    @property
    def share(self) -> Share:
        return Share(self._hits, len(self._probes))

    @property
    def first_hit_us(self) -> int:
        return next(time_us for time_us, hit in self._probes if hit)

    def take(self, time_us: int, *, hit: bool) -> None:
        self._probes.append((time_us, hit))
        self._hits += hit
        most, oldest_us = self._window.probes, time_us - self._window.length_us
        while len(self._probes) > most if most else self._probes[0][0] <= oldest_us:
            self._hits -= self._probes.popleft()[1]

    def take_back(self, time_us: int) -> None:
        at = next((at for at, one in enumerate(self._probes) if one == (time_us, True)), None)
        if at is not None:
            self._probes[at] = time_us, False
            self._hits -= 1


class ShareWatch:
    """Raises and clears; takes what became of each probe, in the order of rounds.

    Args:
        level: the share above which it is raised, from 0 to 1.
        window: the probes that are looked at.
        interval_us: how often a probe is sent.
        clear: when it is cleared; None: once half the level is excluded.
    """

    def __init__(self, level: float, window: Window, interval_us: int, clear: ClearBelow | None = None) -> None:
        self._level = level
        self._window = window
        self._clear = clear
        self._latest = _Latest(window)
        self._raised_us: int | None = None  # None: it is not
        self._since = Share()
        self._clean = 0  # the latest probes in a row without a hit, since it was raised
        self.since_us = 0
        """When the first hit was that raised it, monotonic microseconds."""
        self.set_interval(interval_us)

    def set_interval(self, interval_us: int) -> None:
        """Probes are sent in another interval from now on."""
        self._enough = raises_at(self._window.rounds(interval_us), self._level, interval_us)

    @property
    def raised(self) -> bool:
        """Whether it is."""
        return self._raised_us is not None

    @property
    def share(self) -> Share:
        """Of the window; once raised, of the probes that raised it and of all since."""
        return self._since if self.raised else self._latest.share

    def take(self, time_us: int, *, hit: bool, still: bool | None = None) -> bool:
        """A probe of this time was a hit, or was none; whether the alert is raised or cleared by it.

        ``still``: whether it counts against the user's own condition for the end; None: as hits do.
        """
        if self._raised_us is None:
            self._latest.take(time_us, hit=hit)
            return self._is_raised(time_us) if hit else False
        self._latest.take(time_us, hit=hit if still is None else still)
        self._since = Share(self._since.hits + hit, self._since.probes + 1)
        self._clean = 0 if hit else self._clean + 1
        if not self._is_over(time_us, self._raised_us):
            return False
        self._raised_us, self._latest = None, _Latest(self._window)
        return True

    def take_back(self, time_us: int) -> None:
        """The hit of this time was none after all. What it raised stays raised until it is cleared."""
        self._latest.take_back(time_us)
        if self.raised and self._since.hits:
            self._since = Share(self._since.hits - 1, self._since.probes)

    def reset(self) -> None:
        """Statistics are reset: what was counted is of no account. What is raised stays so until it is cleared."""
        self._latest, self._since, self._clean = _Latest(self._latest_window), Share(), 0

    @property
    def _latest_window(self) -> Window:
        return Window(length_us=self._clear.length_us) if self.raised and self._clear is not None else self._window

    def _is_raised(self, time_us: int) -> bool:
        share = self._latest.share
        if self._enough is None or share.hits < self._enough:
            return False
        self._raised_us, self._since, self._clean = time_us, share, 0
        self.since_us = self._latest.first_hit_us
        self._latest = _Latest(self._latest_window)
        return True

    def _is_over(self, time_us: int, raised_us: int) -> bool:
        clear = self._clear
        if clear is None:
            return is_clear(0, self._clean, self._level) or is_clear(self._since.hits, self._since.probes, self._level)
        # Of the first window after it was raised the whole must have been seen.
        return time_us - raised_us >= clear.length_us and self._latest.share.value < clear.share
