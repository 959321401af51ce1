"""The probes in flight: in which state each is, when it counts as lost, and how long to wait for it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from .hearing import AllHeard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import TraceSettings
    from .known_path import KnownPath

# A probe counts as lost after twice the longest RTT seen, but never before a second.
PATIENCE_MIN_US = 1_000_000
# At the end of a report, probes at hops that never answered are waited for at least this long.
SILENT_WAIT_MIN_US = 500_000
# The probe process reports a timeout itself; a probe of which it says nothing is given up this much later.
SILENCE_US = 2_000_000


class ProbeState(Enum):
    """In which state a probe in flight is. It leaves flight, for good, when it has an outcome (``fates``).

    =========  =====================================  ==================================================
    state      becomes                                when
    =========  =====================================  ==================================================
    PENDING    DOUBTFUL, LOST, DEFERRED, an outcome   what may be its answer comes; its time is up; an answer comes
    DOUBTFUL   an outcome                             its time is up: counted nowhere; an answer comes: as any
    LOST       an outcome                             an answer comes after all; else it is forgotten
    DEFERRED   an outcome                             another target's probe has told; or none can
    =========  =====================================  ==================================================
    """

    # Sent, and not answered yet; it counts neither as answered nor as lost.
    PENDING = "pending"
    # Pending, and an answer came that may have been its own or that of another probe of its flow.
    DOUBTFUL = "doubtful"
    # Counted as lost; an answer that comes now is late, and takes that back.
    LOST = "lost"
    # Not sent, or sent in vain without that saying anything: the probes of other targets tell what becomes of it.
    DEFERRED = "deferred"


@dataclass(slots=True)
class Probe:
    """A probe in flight."""

    # Names it, unique within a trace.
    seq: int
    # Of the hop, 1 to 255.
    ttl: int
    # From 0.
    round: int
    # Monotonic.
    sent_us: int
    # From 0; negative where it has one of its own.
    flow: int = -1
    # What is known of it so far.
    state: ProbeState = ProbeState.PENDING
    # It was sent in place of one that was taken back.
    replacement: bool = False


class InFlight:
    """The probes of one target that have no outcome yet. ``hearing`` says when a probe left at the latest."""

    def __init__(self, hearing: AllHeard | None = None) -> None:
        self._left_us = (hearing or AllHeard()).left_us
        self._probes: dict[int, Probe] = {}
        # In the order of their sending; some have left flight meanwhile, or are in another state.
        self._to_lose: deque[int] = deque()
        self._to_forget: deque[int] = deque()

    def __iter__(self) -> Iterator[Probe]:
        """All, as they are now: they may leave flight meanwhile."""
        return iter(list(self._probes.values()))

    def add(self, probe: Probe) -> None:
        """A probe went out, or was deferred at once."""
        self._probes[probe.seq] = probe
        if probe.state is not ProbeState.DEFERRED:
            self._to_lose.append(probe.seq)
            self._to_forget.append(probe.seq)

    def get(self, seq: int) -> Probe | None:
        """A probe; None when it is not in flight."""
        return self._probes.get(seq)

    def take(self, seq: int) -> Probe | None:
        """Remove and return a probe; None when it is not in flight."""
        return self._probes.pop(seq, None)

    def clear(self) -> list[Probe]:
        """Remove and return all."""
        probes = list(self._probes.values())
        self._probes.clear()
        self._to_lose.clear()
        self._to_forget.clear()
        return probes

    def overdue(self, now_us: int, known: KnownPath, settings: TraceSettings) -> list[Probe]:
        """The probes whose time is up, each once; those that will never be answered are forgotten.

        All that the probe process had to say up to ``now_us`` must have been read.
        """
        overdue = []
        patience_us = patience(known, settings)
        while (first := self._first(self._to_lose, ProbeState.LOST)) is not None and self._left_us(
            first.sent_us
        ) + patience_us <= now_us:
            self._to_lose.popleft()
            overdue.append(first)
        forget_us = settings.timeout_s * 1_000_000 + SILENCE_US
        while (first := self._first(self._to_forget)) is not None and self._left_us(
            first.sent_us
        ) + forget_us <= now_us:
            self._to_forget.popleft()
            del self._probes[first.seq]
        return overdue

    def due_us(self, known: KnownPath, settings: TraceSettings) -> int | None:
        """When ``overdue`` has something to do; None: nothing is in flight."""
        due = []
        if (first := self._first(self._to_lose, ProbeState.LOST)) is not None:
            due.append(self._left_us(first.sent_us) + patience(known, settings))
        if (first := self._first(self._to_forget)) is not None:
            due.append(self._left_us(first.sent_us) + settings.timeout_s * 1_000_000 + SILENCE_US)
        return min(due, default=None)

    def worth_waiting_until_us(self, known: KnownPath, settings: TraceSettings) -> int:
        """Until when a report waits for what is in flight: 0 when for nothing.

        1. Nothing is waited for longer than ``gracetime`` after it was sent.
        2. Replacements are waited for twice the longest RTT, at least half a second.
        3. While the target never answered, everything else is waited for ``gracetime``: no loss is invented.
        4. What lies beyond the end of the path is not waited for.
        5. Hops that have answered before are waited for ``gracetime``;
        6. nearer hops that never answered as long as replacements.
        """
        end = known.end(settings)
        silent_us = min(max(2 * known.slowest_us, SILENT_WAIT_MIN_US), settings.gracetime_us)
        until_us = 0
        for probe in self._probes.values():
            if probe.state is ProbeState.DEFERRED:
                continue
            if probe.replacement:
                wait_us = silent_us
            elif not known.reached:
                wait_us = settings.gracetime_us
            elif end is not None and probe.ttl > end:
                continue
            elif known.hop(probe.ttl).address is not None:
                wait_us = settings.gracetime_us
            else:
                wait_us = silent_us
            until_us = max(until_us, self._left_us(probe.sent_us) + wait_us)
        return until_us

    def _first(self, queue: deque[int], *skipped: ProbeState) -> Probe | None:
        """The oldest entry of a queue that still is in flight, and neither deferred nor in a state to be skipped."""
        while queue:
            probe = self._probes.get(queue[0])
            if probe is not None and probe.state is not ProbeState.DEFERRED and probe.state not in skipped:
                return probe
            queue.popleft()
        return None


def patience(known: KnownPath, settings: TraceSettings) -> int:
    """For how many microseconds a probe is pending before it counts as lost."""
    return min(max(2 * known.slowest_us, PATIENCE_MIN_US), max(settings.timeout_s, 0) * 1_000_000)
