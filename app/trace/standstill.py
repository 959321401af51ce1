"""Whether this program itself stood still, or the whole machine, while it should have measured; without I/O.

A program that is stopped (SIGSTOP, Ctrl-Z, a debugger, a frozen container) sends nothing. What it had asked for is
answered meanwhile, and read afterwards, so nothing is lost; but nobody measured, and that is told. A machine that was
suspended has missed the answers, too: what was in flight then says nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from ..clock import monotonic_us, processor_us, suspended_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# A turn that lasts so much longer than it was to wait is no chance of a busy machine.
STILL_US = 2_000_000
# Of that time a program that was only slow has used more of a processor than one part in so many.
IDLE_PART = 4
# One that stood still has used less than one part in so many.
STOPPED_PART = 20
# The processor time is read so often: reading it costs more than all else here.
READ_US = 1_000_000


class Gap(NamedTuple):
    """A time in which nothing was measured."""

    since_us: int  # when it began
    suspended: bool  # the whole machine was; else this program alone
    busy: bool = False  # this program worked meanwhile, and did not get enough of a processor

    def told(self, now_us: int) -> str:
        """A sentence for it, once it is over."""
        who = "this host was suspended" if self.suspended else "hopscope itself stood still"
        who = "this host was too busy" if self.busy and not self.suspended else who
        return f"{who}, {(now_us - self.since_us) / 1e6:.1f} s not measured"


class Standstill:
    """Is told of each turn of the loop that measures.

    ``now_us``, ``busy_us`` and ``slept_us`` are clocks: the time, this process's processor time, and for how long the
    machine has been suspended, all in microseconds.
    """

    def __init__(
        self,
        now_us: Callable[[], int] = monotonic_us,
        busy_us: Callable[[], int] = processor_us,
        slept_us: Callable[[], int] = suspended_us,
    ) -> None:
        self._busy_us, self._slept_us = busy_us, slept_us
        self._turned_us = now_us()
        self._read_us, self._busy = self._turned_us, busy_us()
        self._load = 0.0  # the part of a processor that it used between the latest two readings
        self._slept = slept_us()

    def turned(self, now_us: int, waited_us: int) -> Gap | None:
        """A turn is over, of which so much at most was to be waited; the gap that it shows, None: none."""
        from_us, self._turned_us = self._turned_us, now_us
        more_us = now_us - from_us - waited_us
        gap = self._gap(now_us, now_us - max(more_us, 0), from_us) if now_us - from_us >= STILL_US else None
        if gap is not None or now_us - self._read_us >= READ_US:
            busy_us = self._busy_us()
            if gap is None:
                self._load = (busy_us - self._busy) / max(now_us - self._read_us, 1)
            self._read_us, self._busy = now_us, busy_us
        return gap

    def _gap(self, now_us: int, since_us: int, from_us: int) -> Gap | None:
        before_us, self._slept = self._slept, self._slept_us()
        if self._slept - before_us >= STILL_US:
            return Gap(max(now_us - (self._slept - before_us), from_us), suspended=True)
        still_us = now_us - since_us
        used_us = self._busy_us() - self._busy
        if still_us < STILL_US or used_us > (now_us - self._read_us) // IDLE_PART:
            return None
        # What it used between the reading and the gap is not known; it was as much as before, as far as anyone knows.
        within_us = used_us - self._load * (from_us - self._read_us)
        return Gap(since_us, suspended=False, busy=within_us > still_us // STOPPED_PART)
