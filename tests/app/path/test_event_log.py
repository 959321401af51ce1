"""The bounded event log."""

from __future__ import annotations

from hopscope.app.path.event_log import ENTRIES_MAX, EventLog
from hopscope.app.path.snapshot import LogEntry


def entry(number: int) -> LogEntry:
    """An entry of a round."""
    return LogEntry(number, number, "paused", "")


def test_oldest_entries_are_forgotten_and_counted() -> None:
    """A full log drops its oldest entries, and says how many."""
    log = EventLog()
    for number in range(ENTRIES_MAX + 3):
        log.add(entry(number))
    kept = log.freeze()
    assert (len(kept), kept[0].round, kept[-1].round, log.forgotten) == (ENTRIES_MAX, 3, ENTRIES_MAX + 2, 3)
