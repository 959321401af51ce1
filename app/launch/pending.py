"""What a session tells while those who take it are being loaded."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..session import Tap
    from ..settings import Target, TraceSettings
    from ..trace.events import Event


class Pending:
    """Takes what a session tells until somebody does who takes longer to load than the first probe may wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: deque[Callable[[Tap], None]] = deque()
        self._to: Tap | None = None

    def give_to(self, tap: Tap) -> None:
        """Tell somebody all of it, and from now on what comes."""
        with self._lock:
            while self._told:
                self._told.popleft()(tap)
            self._to = tap

    def take(self, index: int, event: Event) -> None:
        """An event of a target."""
        self._tell(lambda tap: tap.take(index, event))

    def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
        """A target has come."""
        self._tell(lambda tap: tap.added(target, settings, started_us))

    def removed(self, index: int) -> None:
        """One has gone."""
        self._tell(lambda tap: tap.removed(index))

    def _tell(self, what: Callable[[Tap], None]) -> None:
        with self._lock:
            if self._to is None:
                self._told.append(what)
            else:
                what(self._to)
