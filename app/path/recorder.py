"""The paths of all targets, fed by the measuring thread and looked at by others."""

from __future__ import annotations

import threading
import time

from .path import HISTORY_ROUNDS, Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..settings import Target, TraceSettings
    from ..trace.events import Event
    from .snapshot import Snapshot


class Recorder:
    """Folds events as they come and builds snapshots when asked for them; any thread may call either."""

    def __init__(
        self, targets: Iterable[Target], settings: TraceSettings, *, history_rounds: int = HISTORY_ROUNDS
    ) -> None:
        now_us = time.monotonic_ns() // 1000
        offset_us = time.time_ns() // 1000 - now_us
        self._lock = threading.Lock()
        self._paths = [
            Path(
                target,
                settings,
                clock_offset_us=offset_us,
                started_us=now_us,
                history_rounds=history_rounds,
            )
            for target in targets
        ]

    def record(self, index: int, event: Event) -> None:
        """Fold an event of the target with this index."""
        with self._lock:
            self._paths[index].record(event)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target; those of paths where nothing happened are the same objects."""
        with self._lock:
            return tuple(path.snapshot() for path in self._paths)
