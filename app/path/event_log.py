"""The event log of a path: bounded, its latest entries in the order in which they were made; what is sought in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .snapshot import EntryKind, LogEntry, Snapshot

ENTRIES_MAX = 1000
# The kinds of entries with which the present path may have begun.
CHANGES: frozenset[EntryKind] = frozenset({"path-changed", "path-flap", "path-flap-ended"})


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

    def restore(self, entries: Sequence[LogEntry], made: int) -> None:
        """Be as after so many entries, of which these were the latest."""
        self._entries[:] = entries[-ENTRIES_MAX:]
        self.forgotten = max(0, made - len(self._entries))

    @property
    def made(self) -> int:
        """How many entries have been made, forgotten ones too."""
        return len(self._entries) + self.forgotten

    def since(self, made: int) -> tuple[LogEntry, ...]:
        """Those that were made after so many others, as far as they are kept."""
        return tuple(self._entries[max(0, made - self.forgotten) :])

    def freeze(self) -> tuple[LogEntry, ...]:
        """The entries at this moment, oldest first."""
        return tuple(self._entries)


def latest(snapshot: Snapshot, *kinds: EntryKind) -> LogEntry | None:
    """The latest entry of one of some kinds; None: there is none."""
    return next((one for one in reversed(snapshot.log_entries) if one.kind in kinds), None)


def latest_change(snapshot: Snapshot) -> LogEntry | None:
    """The latest path change, or beginning or end of a flap; None: there was none."""
    return latest(snapshot, *CHANGES)
