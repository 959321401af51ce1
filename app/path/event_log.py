"""The event log of a path while it is measured: bounded, its latest entries in the order in which they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .snapshot import LogEntry

ENTRIES_MAX = 1000


class EventLog:
    """Keeps the latest entries, and counts those that it has forgotten."""

    def __init__(self) -> None:
        self._entries: list[LogEntry] = []
        self.forgotten = 0

    def add(self, entry: LogEntry) -> None:
        """Append an entry; the oldest goes where there are too many."""
        self._entries.append(entry)
        if len(self._entries) > ENTRIES_MAX:
            del self._entries[0]
            self.forgotten += 1

    def freeze(self) -> tuple[LogEntry, ...]:
        """The entries at this moment, oldest first."""
        return tuple(self._entries)
