"""The probes that are under way: which may still be answered, which count as lost, how long to wait."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ..settings import TraceSettings
from .known_path import KnownPath

# A probe counts as lost after twice the slowest round trip seen, but never before a second.
PATIENCE_MIN_US = 1_000_000
# At the end of a report, probes at hops that never answered are waited for at least this long.
SILENT_WAIT_MIN_US = 500_000
# The probe process reports a timeout itself; a probe of which it says nothing is given up this much later.
SILENCE_US = 2_000_000


@dataclass(slots=True)
class Outstanding:
    """A probe under way. ``lost``: it has been counted as lost and may still turn out late.

    ``flow`` is its flow, negative where it has one of its own. ``doubtful``: an answer came that may have been its.
    ``held``: what becomes of it hangs on the probes of other targets. ``again``: it was sent for another one.
    """

    seq: int
    ttl: int
    round: int
    sent_us: int
    lost: bool = False
    flow: int = -1
    doubtful: bool = False
    held: bool = False
    again: bool = False


class UnderWay:
    """All probes of one target that have neither been answered nor given up."""

    def __init__(self) -> None:
        self.probes: dict[int, Outstanding] = {}
        self._to_lose: deque[int] = deque()
        self._to_forget: deque[int] = deque()

    def add(self, probe: Outstanding) -> None:
        """A probe went out."""
        self.probes[probe.seq] = probe
        if probe.held:
            return
        self._to_lose.append(probe.seq)
        self._to_forget.append(probe.seq)

    def take(self, seq: int) -> Outstanding | None:
        """Remove and return a probe; None when it is not under way."""
        return self.probes.pop(seq, None)

    def is_held(self, seq: int) -> bool:
        """Whether what becomes of a probe hangs on those of other targets."""
        return seq in self.probes and self.probes[seq].held

    def doubt(self, seq: int) -> None:
        """What came may have been this probe's answer."""
        if seq in self.probes:
            self.probes[seq].doubtful = True

    def clear(self) -> list[Outstanding]:
        """Remove and return all."""
        probes = list(self.probes.values())
        self.probes.clear()
        self._to_lose.clear()
        self._to_forget.clear()
        return probes

    def overdue(self, now_us: int, known: KnownPath, settings: TraceSettings) -> list[Outstanding]:
        """The probes that now turn lost, marked so; those that will never be answered are dropped."""
        lost = []
        patience_us = patience(known, settings)
        while (first := self._first(self._to_lose)) is not None and first.sent_us + patience_us <= now_us:
            self._to_lose.popleft()
            first.lost = True
            lost.append(first)
        forget_us = settings.timeout_s * 1_000_000 + SILENCE_US
        while (first := self._first(self._to_forget)) is not None and first.sent_us + forget_us <= now_us:
            self._to_forget.popleft()
            del self.probes[first.seq]
        return lost

    def due_us(self, known: KnownPath, settings: TraceSettings) -> int | None:
        """When ``overdue`` has something to do; None: nothing is under way."""
        due = []
        if (first := self._first(self._to_lose)) is not None:
            due.append(first.sent_us + patience(known, settings))
        if (first := self._first(self._to_forget)) is not None:
            due.append(first.sent_us + settings.timeout_s * 1_000_000 + SILENCE_US)
        return min(due, default=None)

    def worth_waiting_until_us(self, known: KnownPath, settings: TraceSettings) -> int:
        """Until when a report waits for what is outstanding: 0 when for nothing.

        1. Nothing is waited for longer than ``gracetime`` after it was sent.
        2. While the target never answered, everything is waited for that long: no loss is invented.
        3. After that, hops that have answered before are waited for that long too;
        4. nearer hops that never answered only for twice the slowest round trip, at least half a second;
        5. nor are those that were sent for others for longer;
        6. and what lies beyond the end of the path is not waited for.
        """
        end = known.end(settings)
        silent_us = min(max(2 * known.slowest_us, SILENT_WAIT_MIN_US), settings.gracetime_us)
        until_us = 0
        for probe in self.probes.values():
            if probe.held:
                continue
            if probe.again:
                wait_us = silent_us
            elif not known.reached:
                wait_us = settings.gracetime_us
            elif end is not None and probe.ttl > end:
                continue
            elif known.hop(probe.ttl).address is not None:
                wait_us = settings.gracetime_us
            else:
                wait_us = silent_us
            until_us = max(until_us, probe.sent_us + wait_us)
        return until_us

    def _first(self, queue: deque[int]) -> Outstanding | None:
        """The oldest entry of a queue that still is under way; for the queue of losses: and not lost yet."""
        while queue:
            probe = self.probes.get(queue[0])
            if probe is not None and not probe.held and not (queue is self._to_lose and probe.lost):
                return probe
            queue.popleft()
        return None


def patience(known: KnownPath, settings: TraceSettings) -> int:
    """For how many microseconds a probe is pending before it counts as lost."""
    return min(max(2 * known.slowest_us, PATIENCE_MIN_US), max(settings.timeout_s, 0) * 1_000_000)
