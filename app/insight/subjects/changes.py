"""The verdict on the latest path change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.changes import CHANCE_MAX
from .. import rules, wording
from ..answer import yes
from ..assessment import Verdict
from ..place import Place

if TYPE_CHECKING:
    from ..evidence.gather import Evidence

# For so long a path change is the answer, where nothing is worse.
CHANGE_NEWS_US = 60_000_000
# A change of the base RTT that is worth a word.
NEWS_US = 1000


def about_changes(evidence: Evidence) -> list[Verdict]:
    """The latest path change."""
    change, snapshot = evidence.change, evidence.snapshot
    if change is None:
        return []
    ago_us = snapshot.time_us - change.time_us
    rise_us = _rise_us(evidence)
    told = rise_us is not None and abs(rise_us) >= NEWS_US
    return [
        Verdict(
            rules.PATH_CHANGE,
            "changed",
            Place(change.first_ttl, change.last_ttl),
            "path changed",
            brief=f"{wording.plural(len(change.new), 'router')} replaced",
            figures=f"target {wording.change(rise_us)}" if told and rise_us is not None else "",
            reasons=(
                f"Was {', '.join(change.old)}; now {', '.join(change.new)}.",
                "Averages in the table span both paths; the verdicts here are of the new one.",
            ),
            numbers=(
                ("chance_below", CHANCE_MAX),
                ("round", change.round),
                ("ago_us", ago_us),
                ("rise_us", 0 if rise_us is None else rise_us),
                ("rise_told", yes(told)),
                ("routers", len(change.new)),
            ),
            since_us=change.time_us,
            headline=ago_us < CHANGE_NEWS_US,
        )
    ]


def _rise_us(evidence: Evidence) -> int | None:
    """By how much the base RTT to the far end differs from that of the path before; None: too few answers."""
    if evidence.end is None:
        return None
    values = evidence.end.rtts_us.tolist()
    before = [value for value in values[: evidence.since] if value >= 0]
    after = [value for value in values[evidence.since :] if value >= 0]
    return min(after) - min(before) if min(len(before), len(after)) >= 5 else None
