"""Probes that this host did not send: said on standard error in every format, for few have room for it.

They are neither loss nor silence, so the figures of a report look as if all had been well.
"""

from __future__ import annotations

from ...probe import wire
from ..process.streams import say
from ..trace.refusals import cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from ..settings import Target


def tell_not_sent(plan: Plan, snapshots: Iterable[Snapshot]) -> None:
    """Say how many probes to each target were not sent, and why, where any were not."""
    for snapshot in snapshots:
        count = _refused(snapshot)
        if count:
            word, error, _, _ = max(snapshot.refused, key=lambda entry: entry[2])
            sent = sum(hop.sent for hop in snapshot.hops) or snapshot.probes_sent
            total, name = count + sent, snapshot.target.called
            say(
                plan.program,
                f"{count} of {total} probes to {name} {_what(word, snapshot.target)}: {cause(word, error)}",
            )


def _what(word: str, target: Target) -> str:
    place = target.vantage if target.vantage not in {"", "local"} else "this host"
    return "count nowhere" if word == wire.UNREADABLE else f"were not sent by {place}"


def is_nothing_sent(snapshots: Iterable[Snapshot]) -> bool:
    """Whether this host refused all probes to a target."""
    return any(_refused(snapshot) and not snapshot.probes_sent for snapshot in snapshots)


def _refused(snapshot: Snapshot) -> int:
    return sum(often for _, _, often, _ in snapshot.refused)
