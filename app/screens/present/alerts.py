"""What the screen tells of the user's alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...insight.rules import Severity
    from ...path.snapshot import Snapshot


class AlertTurn(NamedTuple):
    """An alert was raised or cleared."""

    time_us: int  # monotonic
    raised: bool  # or cleared
    text: str  # a sentence
    severity: Severity  # of the message


def turns_since(snapshots: Sequence[Snapshot], told_us: int) -> list[AlertTurn]:
    """Alerts that turned after a moment, by time."""
    found = []
    for snapshot in snapshots:
        whose = f" ({snapshot.target.lane})" if len(snapshots) > 1 else ""
        for entry in reversed(snapshot.log_entries):
            if entry.time_us <= told_us:
                break
            if entry.kind == "alert-raised":
                found.append(AlertTurn(entry.time_us, True, f"Alert: {entry.text}{whose}", "warning"))  # noqa: FBT003
            elif entry.kind == "alert-cleared":
                found.append(AlertTurn(entry.time_us, False, f"Alert cleared: {entry.text}{whose}", "fine"))  # noqa: FBT003
    return sorted(found)
