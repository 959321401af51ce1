"""Events between the measuring thread and a live output: so many wait at most, then the measuring does.

A reader that stands still, or reads more slowly than is measured, would make them pile up without end. Nothing is lost
of what was measured: while too many wait, nothing is sent, and that is told.
"""

from __future__ import annotations

import queue
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..session import Session
    from ..trace.events import Event

    Told = tuple[int, Event]

# So many events may wait before nothing more is sent; it is sent again when half of them are written.
WAITING_MAX = 50_000
# So many are written at once.
BATCH_MAX = 256


class Backlog:
    """Takes events in the measuring thread, and gives them to the one that writes. ``session`` is brought later."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self._events: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._held_s: float | None = None

    def put(self, index: int, event: Event) -> None:
        """An event of the target with this index, in the measuring thread."""
        self._events.put((index, event))
        if self._held_s is None and self.session is not None and self._events.qsize() >= WAITING_MAX:
            self._held_s = time.monotonic()
            self.session.hold()

    def take(self, timeout_s: float) -> list[Told]:
        """The next events, the oldest first, BATCH_MAX at most; waits for the first one, empty: none came."""
        taken: list[Told] = []
        try:
            taken.append(self._events.get(timeout=timeout_s) if timeout_s else self._events.get_nowait())
            while len(taken) < BATCH_MAX:
                taken.append(self._events.get_nowait())
        except queue.Empty:
            pass
        if self._held_s is not None and self.session is not None and self._events.qsize() <= WAITING_MAX // 2:
            held_s, self._held_s = time.monotonic() - self._held_s, None
            self.session.release(f"lines could not be written fast enough, {held_s:.1f} s not measured")
        return taken

    def __bool__(self) -> bool:
        """Whether events wait."""
        return not self._events.empty()
