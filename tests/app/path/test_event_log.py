"""The bounded event log."""

from __future__ import annotations

from hopscope.app.path.event_log import ENTRIES_MAX, EventLog
from hopscope.app.path.snapshot import LogEntry


def entry(number: int, kind: str = "paused") -> LogEntry:
    """An entry of a round."""
    return LogEntry(number, number, kind, "")


def test_oldest_entries_are_forgotten_and_counted() -> None:
    """A full log drops its oldest entries, and says how many."""
    log = EventLog()
    for number in range(ENTRIES_MAX + 3):
        log.add(entry(number))
    kept = log.freeze()
    assert (len(kept), kept[0].round, kept[-1].round, log.forgotten) == (ENTRIES_MAX, 3, ENTRIES_MAX + 2, 3)


def test_what_is_told_anew_is_taken_back() -> None:
    """Only entries of the kind and the round go, and they do not count as forgotten."""
    log = EventLog()
    for one in (entry(1, "path-changed"), entry(1), entry(2, "path-changed")):
        log.add(one)
    log.take_back("path-changed", 1)
    assert (log.freeze(), log.forgotten) == ((entry(1), entry(2, "path-changed")), 0)
