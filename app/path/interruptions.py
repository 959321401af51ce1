"""This host's network going down and coming back: what happens again within half a minute is one interruption."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .snapshot import LogEntry

# A network that is back for a shorter time than this, and goes down again, has not recovered.
RECOVERED_US = 30_000_000


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time in which this host's network was down, with short returns."""

    entries: tuple[LogEntry, ...]  # of the log: down and resumed, by turns, oldest first
    times: int = 1  # that it went down

    @property
    def since_us(self) -> int:
        """When it first went down (monotonic)."""
        return self.entries[0].time_us

    @property
    def latest_us(self) -> int:
        """When it last went down (monotonic)."""
        return next(one.time_us for one in reversed(self.entries) if one.kind == "network-down")

    @property
    def ended(self) -> LogEntry | None:
        """The entry with which it was back for good, as far as is known; None: it is down."""
        return self.entries[-1] if self.entries[-1].kind == "resumed" else None


def interruptions(log_entries: Sequence[LogEntry]) -> list[Interruption]:
    """All of a log, oldest first."""
    found: list[Interruption] = []
    is_down = False
    for entry in log_entries:
        if entry.kind == "network-down":
            before = found[-1].ended if found else None
            if before is not None and entry.time_us - before.time_us < RECOVERED_US:
                found[-1] = Interruption((*found[-1].entries, entry), found[-1].times + 1)
            else:
                found.append(Interruption((entry,)))
            is_down = True
        elif is_down and entry.kind == "resumed":
            found[-1] = replace(found[-1], entries=(*found[-1].entries, entry))
            is_down = False
        elif entry.kind in {"paused", "finished", "failed"}:
            is_down = False
    return found
