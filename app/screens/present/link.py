"""A link to a vantage point that is lost: since when, and when it is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...trace.events import LinkLost

MINUTE_S = 60


def lost(link: LinkLost, now_us: int) -> str:
    """As a sentence goes on: ``link lost 12 s ago, trying again in 8 s``."""
    return f"{since(link, now_us)}, {again(link, now_us)}"


def since(link: LinkLost, now_us: int) -> str:
    """Since when it is lost."""
    return f"link lost {_time(now_us - link.since_us)} ago"


def again(link: LinkLost, now_us: int) -> str:
    """When it is tried again."""
    wait_s = -(-(link.again_us - now_us) // 1_000_000)
    return f"trying again in {wait_s} s" if link.again_us and wait_s > 0 else "trying again now"


def _time(time_us: int) -> str:
    seconds = max(0, time_us // 1_000_000)
    return f"{seconds} s" if seconds < 2 * MINUTE_S else f"{seconds // MINUTE_S} min"
