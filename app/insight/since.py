"""Since when a trouble is there, as the Verdict tab and reports say it of a verdict."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from . import rules
from .answer import Status

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .assessment import Verdict

TROUBLES = frozenset({"fault", "warning", "changed"})
# Of these it is known that they have been there ever since counts began, where they have no beginning.
FROM_THE_START = frozenset(
    {
        rules.PATH_LOSS,
        rules.LOCAL_LOSS,
        rules.LAST_LINK_LOSS,
        rules.TARGET_LOSS_OR_LIMIT,
        rules.LAST_HOP_LOSS_OR_LIMIT,
        rules.TARGET_REPLY_LIMIT,
        rules.LAST_HOP_REPLY_LIMIT,
        rules.PROHIBITED,
        rules.UNREACHABLE,
        rules.TARGET_SILENT,
    }
)


def clock(time_us: int, offset_us: int) -> str:
    """``HH:MM:SS`` of a monotonic time, in the local time zone."""
    return time.strftime("%H:%M:%S", time.localtime((time_us + offset_us) / 1e6))


def since(snapshot: Snapshot, verdict: Verdict) -> str:
    """``since 14:03:22``, ``since the start`` or, of a change, ``at 14:03:22``; empty where there is nothing to say."""
    if verdict.severity not in TROUBLES or verdict.status is Status.ENDED or not snapshot.settings_known:
        return ""
    if verdict.since_us is not None:
        word = "at" if verdict.rule is rules.PATH_CHANGE else "since"
        return f"{word} {clock(verdict.since_us, snapshot.clock_offset_us)}"
    # A change, or other settings, begin what is counted anew.
    whole = snapshot.path_round <= max(0, snapshot.last_round + 1 - snapshot.rounds) and len(snapshot.stretches) < 2
    return "since the start" if whole and verdict.rule in FROM_THE_START else ""
