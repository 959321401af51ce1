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
    rows = sum(len(one.hops) for one in snapshots)
    cut = [one for one in ended if one.restarted_us is not None]
    _tell(plan, cut, rows, "what was on its way when {} was cut off counts nowhere")
    others = [one for one in ended if one.restarted_us is None]
    _tell(plan, others, rows, "--serial traces one target after the other")


def _tell(plan: Plan, snapshots: Sequence[Snapshot], rows: int, why: str) -> None:
    """Say how many rows of these are short, from where, and why or what helps."""
    lacking = [(one, short) for one in snapshots if (short := sum(hop.sent < one.rounds for hop in one.hops))]
    if not lacking:
        return
    places = list(dict.fromkeys(one.target.vantage for one, _ in lacking if one.target.vantage not in {"", "local"}))
    at = f" from {' and '.join(places)}" if places else ""
    short = sum(short for _, short in lacking)
    reason = why.format(" and ".join(places) or "the probe process")
    say(plan.program, f"{short} of {rows} rows count fewer probes than rounds{at} ({reason})")
