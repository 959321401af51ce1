"""Monotonic times of a snapshot as the user's clock shows them."""

from __future__ import annotations

import time


def clock(time_us: int, offset_us: int) -> str:
    """``HH:MM:SS`` of a monotonic time, in the local time zone."""
    return time.strftime("%H:%M:%S", time.localtime((time_us + offset_us) / 1e6))
