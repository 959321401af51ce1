"""Which of many engines have something to do: a turn of the loop looks at those alone.

1. One that is due by the time it named last.
2. One that was told something since: an answer, a command, or the outcome of a deferred probe. Its time may have
   changed.
3. One whose first round lasts: how far its window is open depends on the time at which it is asked. Not among many:
   there each turn would take longer than what it wins.
"""

from __future__ import annotations

from heapq import heappop, heappush

EXPLORING_MAX = 50

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .engine import Engine


class Scheduler:
    """Engines by their index; whoever tells one something says so here. Times are monotonic microseconds."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = engines
        self._times: list[tuple[int, int]] = []  # a heap of times and engines; some are out of date
        self._due_us: dict[int, int | None] = {}
        self._woken = set(range(len(engines)))
        self._stepped: set[int] = set()
        self._heard: set[int] = set()
        self._few = len(engines) <= EXPLORING_MAX

    def added(self) -> None:
        """There is one engine more, at the end."""
        self._woken.add(len(self._engines) - 1)
        self._few = len(self._engines) <= EXPLORING_MAX

    def wake(self, index: int) -> None:
        """An engine was told something."""
        self._woken.add(index)

    def wake_all(self) -> None:
        """All were told something."""
        self._woken.update(range(len(self._engines)))

    def due_us(self, now_us: int) -> int | None:
        """When the first engine is due; None: none is before an answer or a command comes."""
        for index in self._woken | self._stepped:
            due_us = self._engines[index].next_due_us(now_us)
            if due_us != self._due_us.get(index):
                self._due_us[index] = due_us
                if due_us is not None:
                    heappush(self._times, (due_us, index))
        self._stepped.clear()
        while self._times and self._is_out_of_date(self._times[0]):
            heappop(self._times)
        return self._times[0][0] if self._times else None

    def take(self, now_us: int) -> list[int]:
        """The engines to be stepped now, in their order."""
        due = self._woken | self._stepped
        while self._times and self._times[0][0] <= now_us:
            time = heappop(self._times)
            if not self._is_out_of_date(time):
                self._due_us[time[1]] = None
                due.add(time[1])
        self._heard |= due
        self._woken = {index for index in due if self._explores(index)} if self._few else set()
        self._stepped = due
        return sorted(due)

    def take_heard(self) -> list[int]:
        """The engines that may have something to tell, in their order: those that did or were told something."""
        heard = sorted(self._heard | self._woken)
        self._heard.clear()
        return heard

    def _is_out_of_date(self, time: tuple[int, int]) -> bool:
        due_us, index = time
        return self._due_us[index] != due_us

    def _explores(self, index: int) -> bool:
        engine = self._engines[index]
        return engine.exploring and not engine.finished
