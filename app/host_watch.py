"""What is read of the machine that probes as each round begins: counters of its interfaces, and its address."""

from __future__ import annotations

from .clock import monotonic_us
from .trace.events import SourceChanged, TrafficRead
from .trace.own_address import Sources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Protocol

    from .settings import Target

    class Traffic(Protocol):
        """The counters of this host's interfaces, and its addresses."""

        def read(self, index: int) -> tuple[str, int] | None:
            """The interface that leads to a target, and the bytes it has carried, in and out; None: not known."""

        def source(self, index: int) -> str:
            """The address that packets to a target leave from, after ``read``; empty: not known."""

        def close(self) -> None:
            """Read no more."""


class HostWatch:
    """Reads in the measuring thread.

    Args:
        make: makes what reads, for all that is traced; called after the first probes have left.
    """

    def __init__(self, make: Callable[[Sequence[Target]], Traffic]) -> None:
        self._make = make
        self._traffic: Traffic | None = None
        self._traced = 0  # so many targets
        self._sources = Sources()

    def round_started(
        self, index: int, round_number: int, traced: Sequence[Target]
    ) -> Iterator[TrafficRead | SourceChanged]:
        """What has become known as a round of a target begins: its first probe has left by now."""
        if self._traffic is None or self._traced < len(traced):
            self.close()
            self._traffic = self._make(tuple(traced))
            self._traced = len(traced)
        reading = self._traffic.read(index)
        now_us = monotonic_us()
        if reading is not None:
            yield TrafficRead(now_us, round_number, *reading)
        changed = self._sources.changed(index, traced[index], self._traffic.source(index), now_us)
        if changed is not None:
            yield changed

    def close(self) -> None:
        """Read no more."""
        if self._traffic is not None:
            self._traffic.close()
