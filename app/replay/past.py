"""What happened in a trace, kept so that any moment of it can be shown again, in bounded memory."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from ..path.recorder import Recorder
from ..recording.event_lines import LaneAdded, LaneGone
from ..trace.events import RoundStarted
from .course import Course
from .event_store import EventStore
from .marks import Logged
from .states import Folded, States

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..path.path import Path
    from ..recording.event_lines import Told
    from ..settings import Target, TraceSettings
    from ..trace.events import Event

LIMIT_BYTES = 64 << 20
LANES_MAX = 50
# A state is kept after so many events, and after so many for each lane: making one takes a while.
BETWEEN, BETWEEN_OF_LANE = 4096, 1024
LOGGED_MAX = 10_000


class Past:
    """Is told what a ``Recorder`` folds (``path.recorder.Log``); may be read from another thread meanwhile.

    Args:
        targets: what is traced at first.
        settings: how.
        clock: as the ``Recorder`` has it.
        limit_bytes: how much memory it may take, about: the oldest goes first.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        settings: TraceSettings,
        clock: tuple[int, int],
        *,
        limit_bytes: int = LIMIT_BYTES,
    ) -> None:
        self._began_us = clock[0]
        self._is_off = len(targets) > LANES_MAX
        self._given = (tuple(targets), settings, clock)
        self._limit_bytes = limit_bytes
        self._events = EventStore()
        self._states = States()
        self._latest_us = clock[0]  # the latest time of any event
        self._logged: list[Logged] = []
        self._logs: list[int] = []  # how many entries each path has made
        self._rounds: list[array[int]] = []  # of each target, when its rounds began
        self._paths: list[Path] = []
        self._gone: set[int] = set()
        self._lock = threading.Lock()

    # ---- what is folded ---------------------------------------------------------------------------------------

    def folding(self, paths: list[Path], gone: frozenset[int]) -> None:
        """More is to be folded; what has been is kept from time to time."""
        if self._is_off:
            return
        self._paths = paths
        kept, count = self._states.counts, self._events.count
        between = max(BETWEEN, BETWEEN_OF_LANE * len(paths))
        if kept and count - kept[-1] < between:
            return
        if not kept:  # some may have been folded before anybody asked for it to be kept
            self._began_us = max(self._began_us, *(path.snapshot().time_us for path in paths))
        with self._lock:
            self._states.keep(count, self._latest_us, Folded(paths, gone))
            self._forget()

    def took(self, index: int, event: Event) -> None:
        """An event has been folded."""
        if self._is_off:
            return
        time_us = event.time_us
        with self._lock:
            self._events.add((index, event))
            self._latest_us = max(self._latest_us, time_us)
            if isinstance(event, RoundStarted):
                self._times_of(index).append(time_us)
            while len(self._logs) <= index:
                self._logs.append(0)
            log = self._paths[index].log
            if log.made != self._logs[index]:
                self._logged += [Logged(index, time_us, entry) for entry in log.since(self._logs[index])]
                self._logs[index] = log.made
                del self._logged[:-LOGGED_MAX]

    def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
        """A lane is traced, too."""
        with self._lock:
            self._events.add(LaneAdded(target, settings, started_us))
            if len(self._paths) > LANES_MAX:
                self._give_up()

    def removed(self, index: int) -> None:
        """A lane is no longer traced."""
        with self._lock:
            self._gone.add(index)
            self._events.add(LaneGone(index))

    def _give_up(self) -> None:
        self._is_off = True
        self._events, self._states, self._rounds, self._logged = EventStore(), States(), [], []

    def _forget(self) -> None:
        """Let the oldest go where all together takes too much memory."""
        while self._events.bytes + self._states.bytes > self._limit_bytes and len(self._states.counts) > 1:
            count = self._states.counts[1]
            self._states.forget_before(count)
            self._events.forget_before(count)
            self._began_us = self._states.oldest_us
            for times in self._rounds:
                del times[: bisect_right(times, self._began_us) - 1]

    def _times_of(self, index: int) -> array[int]:
        while len(self._rounds) <= index:
            self._rounds.append(array("q"))
        return self._rounds[index]

    # ---- what is shown again ----------------------------------------------------------------------------------

    @property
    def is_off(self) -> bool:
        """Whether there are too many lanes to keep anything."""
        return self._is_off

    @property
    def clock_offset_us(self) -> int:
        """What added to its times gives the wall clock, in microseconds since 1970."""
        return self._given[2][1]

    @property
    def began_us(self) -> int:
        """The first moment that can be shown, in monotonic microseconds."""
        return self._began_us

    @property
    def ended_us(self) -> int:
        """The last one, likewise."""
        return self._latest_us

    def before(self, time_us: int) -> Course:
        """A course that has been folded up to a moment not after this one, as near as there is one at little cost."""
        with self._lock:
            count, until_us, folded = self._states.before(time_us)
        recorder = Recorder(*self._given)
        recorder.go_on(folded.paths, folded.gone)
        return Course(recorder, self._after(count), until_us)

    def nearest_before(self, time_us: int) -> int:
        """When the latest event was that such a course begins with."""
        with self._lock:
            return self._states.until_us(time_us)

    def _after(self, count: int) -> Iterator[Told | None]:
        """What happened after so many events; None where no more has happened yet."""
        while True:
            with self._lock:
                found = self._events.since(count)
            if not found:
                yield None
            yield from found
            count += len(found)

    @property
    def present(self) -> list[int]:
        """The indices of those that are traced now, in the order of their snapshots."""
        return [index for index in range(len(self._paths)) if index not in self._gone]

    @property
    def bytes(self) -> int:
        """How much memory it takes, about."""
        return self._events.bytes + self._states.bytes

    @property
    def logged(self) -> tuple[Logged, ...]:
        """What the logs have told, in the order in which that was known."""
        with self._lock:
            return tuple(self._logged)

    @property
    def logged_count(self) -> int:
        """Changes as more is logged."""
        return sum(self._logs)

    def round_end(self, index: int, time_us: int, step: int, interval_us: int) -> int | None:  # noqa: ARG002
        """The last moment of the round that is so many after the one of a moment; None: it has not ended."""
        with self._lock:
            times = self._rounds[index] if index < len(self._rounds) else ()
            at = max(0, bisect_right(times, time_us) - 1 + step) + 1
            return times[at] - 1 if at < len(times) else None
