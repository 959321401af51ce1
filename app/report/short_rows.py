"""Rows of many targets that count fewer probes than rounds were asked for: said on standard error in every format.

A router that answers seldom cannot be asked for each of many targets, and a machine that is too busy does not come to
ask in time. Such a row looks as if all had been well, only shorter.
"""

from __future__ import annotations

from ..process.streams import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot


def tell_short_rows(plan: Plan, snapshots: Sequence[Snapshot]) -> None:
    """Say how many rows of several targets have fewer probes than rounds, where a report has come to its end."""
    if len(snapshots) == 1:
        return
    ended = [one for one in snapshots if one.settings.rounds is not None and one.state == "finished"]
    short = sum(hop.sent < one.rounds for one in ended for hop in one.hops)
    if short:
        rows = sum(len(one.hops) for one in snapshots)
        say(
            plan.program,
            f"{short} of {rows} rows count fewer probes than rounds (--serial traces one target after the other)",
        )
