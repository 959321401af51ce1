"""Marks of a time line, from the entries of logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.app.path.snapshot import LogEntry
from hopscope.app.replay.marks import Logged, Mark, marks

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import EntryKind


def logged(*told: tuple[int, EntryKind], target: int = 0, outage: bool = False) -> list[Logged]:
    """Entries with their times."""
    return [Logged(target, time + 1, LogEntry(time, 0, kind, "", outage=outage)) for time, kind in told]


def test_what_begins_and_ends_is_one_mark() -> None:
    """Loss and pauses last until their ends, and what has none goes on."""
    told = logged((1, "start"), (5, "loss-started"), (9, "loss-ended"), (12, "paused"), (15, "resumed"))
    told += logged((20, "loss-started"), outage=True)
    assert marks(told) == (
        Mark("loss", "loss", 5, 9),
        Mark("gap", "paused", 12, 15),
        Mark("outage", "outage", 20, None, lasts=True),
    )


def test_lanes_that_change_together_are_one_mark() -> None:
    """The same at the same time is marked once; of one target, only its own is marked."""
    told = logged((5, "path-changed")) + logged((5, "path-changed"), (8, "path-changed"), target=1)
    change = Mark("change", "path changed", 5, None)
    assert marks(told) == (change, change._replace(time_us=8))
    assert marks(told, 0) == (change,)
