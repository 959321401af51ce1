"""The paths of all targets, fed by the measuring thread and looked at by others.

Events are kept as they come and folded when somebody looks, so that the measuring thread waits for nobody and has
little to do; paths are loaded then, when the first probes have left.
"""

from __future__ import annotations

import threading
import time
from collections import deque

from ..clock import monotonic_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from ..settings import Target, TraceSettings
    from ..trace.events import Event
    from .path import Path
    from .snapshot import LogEntry, Snapshot

    class Watch(Protocol):
        """Is told who comes and goes; must not wait."""

        def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
            """A target has the next index from now on."""

        def removed(self, index: int) -> None:
            """One is shown no more."""

    class Log(Watch, Protocol):
        """Is told what is folded, in the order in which that is done, by whoever folds."""

        def took(self, index: int, event: Event) -> None:
            """An event of the target with this index has been folded."""

        def folding(self, paths: list[Path], gone: frozenset[int]) -> None:
            """More is to be folded into these; all that was told is in them. Those in ``gone`` are shown no more."""


UNFOLDED_MAX = 512  # where nobody looks, the measuring thread folds


class Recorder:
    """Folds events and builds snapshots when asked for them; any thread may call either.

    Args:
        targets: whose events come; more may be added.
        settings: how all of them are traced at first.
        clock: when it began, in microseconds of the monotonic clock, and what added to such times gives the wall clock;
            None: now, by this host's clocks.
    """

    def __init__(
        self, targets: Iterable[Target], settings: TraceSettings, clock: tuple[int, int] | None = None
    ) -> None:
        if clock is None:
            now_us = monotonic_us()
            clock = now_us, time.time_ns() // 1000 - now_us
        self.started_us, self.clock_offset_us = clock
        self.watch: Watch | None = None
        """Is told who comes and goes; None: nobody is."""
        self.log: Log | None = None
        """Is told what is folded; None: nobody is."""
        self._targets = list(targets)
        self._gone: frozenset[int] = frozenset()
        self._settings = settings
        self._unfolded: deque[tuple[int, Event]] = deque()
        self._lock = threading.Lock()  # of the paths
        self._made: list[Path] = []

    def add(self, target: Target, settings: TraceSettings, started_us: int | None = None) -> None:
        """Take a further target, with these settings of all; it gets the next index. It begins then, or now."""
        started_us = monotonic_us() if started_us is None else started_us
        with self._lock:
            made = self._fold()
            self._targets.append(target)
            made.append(self._path(target, settings, started_us))
            for one in self._told_of_lanes():
                one.added(target, settings, started_us)

    def remove(self, index: int) -> None:
        """Show a target no more. What is still told of it is of no account; the indices of others stay."""
        with self._lock:
            self._fold()
            self._gone |= {index}
            for one in self._told_of_lanes():
                one.removed(index)

    def record(self, index: int, event: Event) -> None:
        """Take an event of the target with this index."""
        self._unfolded.append((index, event))
        if len(self._unfolded) >= UNFOLDED_MAX:
            self.fold()

    def fold(self) -> None:
        """Fold what has come: for those who are told of each event, and look then."""
        with self._lock:
            self._fold()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target; those of paths where nothing happened are the same objects."""
        with self._lock:
            return tuple([path.snapshot() for path in self._present()])

    def snapshot(self, index: int) -> Snapshot:
        """The newest snapshot of one target, by its index."""
        with self._lock:
            return self._fold()[index].snapshot()

    def log_entries(self, index: int) -> tuple[LogEntry, ...]:
        """The event log of one target, by its index; costs less than its snapshot."""
        with self._lock:
            return self._fold()[index].log_entries

    def rounds_begun(self) -> int:
        """How many rounds have begun for all targets."""
        with self._lock:
            return min(path.rounds for path in self._present())

    def starting(self) -> tuple[Snapshot, ...]:
        """The snapshot of each target before anything happened, whatever has; there at once."""
        from .snapshot import starting

        started_us, offset_us = self.started_us, self.clock_offset_us
        return tuple(starting(target, self._settings, started_us, offset_us) for target in self._targets)

    def go_on(self, paths: list[Path], gone: frozenset[int]) -> None:
        """Have these folded already: what they were told, this is not told again."""
        with self._lock:
            self._made, self._gone = paths, gone
            self._targets = [path.target for path in paths]

    @property
    def present(self) -> list[int]:
        """The indices of those that are shown, in the order of the snapshots."""
        return [index for index in range(len(self._targets)) if index not in self._gone]

    def _told_of_lanes(self) -> list[Watch]:
        return [one for one in (self.watch, self.log) if one is not None]

    def _present(self) -> list[Path]:
        made = self._fold()
        return [path for index, path in enumerate(made) if index not in self._gone] if self._gone else made

    def _path(self, target: Target, settings: TraceSettings, started_us: int) -> Path:
        from .path import Path

        return Path(target, settings, clock_offset_us=self.clock_offset_us, started_us=started_us)

    def _fold(self) -> list[Path]:
        """The paths, with all that has been recorded until now."""
        if not self._made:
            self._made = [self._path(target, self._settings, self.started_us) for target in self._targets]
        unfolded, log = self._unfolded, self.log
        if log is not None:
            log.folding(self._made, self._gone)
        for _ in range(len(unfolded)):  # what comes meanwhile is for the next one: this one ends
            index, event = unfolded.popleft()
            self._made[index].record(event)
            if log is not None:
                log.took(index, event)
        return self._made
