"""This host's own traffic on the path to a target, by round: beside the times of hops it says who fills a queue."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from .snapshot import NO_TRAFFIC, UNKNOWN

if TYPE_CHECKING:
    from ..trace.events import TrafficRead


class LiveTraffic:
    """Turns what an interface has carried at the start of each round into bytes a second, a value a round."""

    def __init__(self) -> None:
        self.interface = ""
        self._rates = array("q")
        self._before: TrafficRead | None = None

    def extend(self) -> None:
        """A new round begins."""
        self._rates.append(UNKNOWN)

    def trim(self, rounds: int) -> None:
        """Forget the oldest rounds."""
        del self._rates[:rounds]

    def interrupt(self) -> None:
        """Probing stopped or began: what is carried until the next round is of no round."""
        self._before = None

    def read(self, at: int, event: TrafficRead) -> None:
        """The counter at the start of the round with this index; the round before it is over."""
        rate = rate_between(self._before, event)
        self._before = event
        self.interface = event.interface
        if rate != UNKNOWN and at >= 1:
            self._rates[at - 1] = rate

    def freeze(self, rounds: int) -> memoryview:
        """The newest rounds; NO_TRAFFIC where nothing was ever read."""
        return memoryview(self._rates[-rounds:]).toreadonly() if self.interface and rounds else NO_TRAFFIC


def rate_between(before: TrafficRead | None, event: TrafficRead) -> int:
    """Bytes a second in the round before that of a reading; UNKNOWN where the reading before was not of that round."""
    if before is None or (before.interface, before.round) != (event.interface, event.round - 1):
        return UNKNOWN
    carried, duration_us = event.total_bytes - before.total_bytes, event.time_us - before.time_us
    if carried < 0 or duration_us <= 0:  # it is another interface of this name
        return UNKNOWN
    return carried * 1_000_000 // duration_us
