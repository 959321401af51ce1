"""The clock of all times in a trace: it never steps, and it runs on while the machine is suspended."""

from __future__ import annotations

import time

# Linux alone tells the time of a suspension by a clock of its own; elsewhere it is not noticed.
_ID = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def monotonic_us() -> int:
    """Now, on the clock of all times in a trace."""
    return time.clock_gettime_ns(_ID) // 1000


def suspended_us() -> int:
    """For how long the machine has been suspended since it was started, give or take some microseconds."""
    return max(monotonic_us() - time.monotonic_ns() // 1000, 0)


def processor_us() -> int:
    """How much processor time this process has used."""
    return time.process_time_ns() // 1000
