"""The verdict on a level of the RTT that moved while the same routers answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..place import Place

if TYPE_CHECKING:
    from ...path.snapshot import RttShift
    from ..evidence.gather import Evidence

# For so long a shift is the answer, where nothing is worse.
NEWS_US = 120_000_000
STATUSES = {
    "seeming": Status.PROVISIONAL,
    "uneven": Status.PROVISIONAL,
    "confirmed": Status.CONFIRMED,
    "back": Status.ENDED,
}


def about_shift(evidence: Evidence) -> list[Verdict]:
    """The latest shift of the present path."""
    snapshot = evidence.snapshot
    shift = snapshot.rtt_shift
    if shift is None or evidence.end is None:
        return []
    status = STATUSES[shift.status]
    rose = shift.step_us > 0 and status is not Status.ENDED
    ago_us = max(0, snapshot.time_us - shift.time_us)
    return [
        Verdict(
            rules.LATENCY_SHIFT,
            "warning" if rose and status is Status.CONFIRMED else "note",
            Place(shift.first_ttl - 1, shift.last_ttl),
            f"RTT {'back' if status is Status.ENDED else 'shifted'} by {wording.change(shift.step_us)}",
            figures=f"median {wording.milliseconds(shift.before_us)} to {wording.milliseconds(shift.after_us)} ms",
            reasons=_reasons(shift),
            numbers=(
                ("shift_us", shift.step_us),
                ("before_us", shift.before_us),
                ("after_us", shift.after_us),
                ("round", shift.round),
                ("ago_us", ago_us),
                ("lasted_us", shift.time_us - shift.since_us),
            ),
            status=status,
            since_us=shift.since_us,
            headline=ago_us < NEWS_US,
            begins=True,
        )
    ]


def _reasons(shift: RttShift) -> tuple[str, ...]:
    onset = f"Hop {shift.last_ttl} moved with the end"
    if shift.first_ttl > 1:
        onset += f", hop {shift.first_ttl - 1} did not"
    what = "The same routers answer: it is a change below them or on the return path, or a queue that stays full."
    if shift.status == "back":
        what = "It came and went while the same routers answered: another path below them for a while, or a full queue."
    return f"{onset}.", what
