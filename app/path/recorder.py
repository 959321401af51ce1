"""The paths of all targets, fed by the measuring thread and looked at by others.

They are loaded with the first event: by then the first probes have left.
"""

from __future__ import annotations

import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings import Target, TraceSettings
    from ..trace.events import Event
    from .path import Path
    from .snapshot import Snapshot


class Recorder:
    """Folds events as they come and builds snapshots when asked for them; any thread may call either."""

    def __init__(self, targets: Iterable[Target], settings: TraceSettings) -> None:
        self._started_us = time.monotonic_ns() // 1000
        self._clock_offset_us = time.time_ns() // 1000 - self._started_us
        self._targets = tuple(targets)
        self._settings = settings
        self._lock = threading.Lock()
        self._made: list[Path] = []

    def record(self, index: int, event: Event) -> None:
        """Fold an event of the target with this index."""
        with self._lock:
            self._paths()[index].record(event)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target; those of paths where nothing happened are the same objects."""
        with self._lock:
            return tuple(path.snapshot() for path in self._paths())

    def _paths(self) -> list[Path]:
        if not self._made:
            from .path import Path

            offset_us, started_us = self._clock_offset_us, self._started_us
            self._made = [
                Path(target, self._settings, clock_offset_us=offset_us, started_us=started_us)
                for target in self._targets
            ]
        return self._made
