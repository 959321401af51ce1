"""A measurement that is over as the measure of one that runs: what differs, and since which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .comparison import compared
from .pairing import KEYS
from .sentence import against

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from .comparison import Comparison
    from .trace import ComparedHop, ComparedTrace

LATEST = 600  # values of each hop that are compared while a trace runs: as it is now, and at a cost that stays small
WEEK = timedelta(days=6)


class Baseline:
    """The traces of a file, each held against that of the same target.

    Args:
        traces: of the file; at least one.
    """

    def __init__(self, traces: Sequence[ComparedTrace]) -> None:
        self._traces = [_latest(one) for one in traces]

    def compare(self, trace: ComparedTrace, targets: int) -> Comparison | None:
        """What differs from it; None where it has no trace of that target.

        ``targets`` is how many are traced: a single one is compared with a single one, however both are called.
        """
        alone = targets == 1 and len(self._traces) == 1
        if alone:
            return compared(self._traces[0], _latest(trace))
        for key in KEYS:
            mine = next((one for one in self._traces if any(key(one)) and key(one) == key(trace)), None)
            if mine is not None:
                return compared(mine, _latest(trace))
        return None


def baseline_sentence(made: Comparison, zone: tzinfo | None = None) -> str:
    """What differs from the baseline, as ``Slower than on Monday: +14.0 ms from hop 5 on``, with its full stop."""
    return against(made, day(made, zone))


def day(made: Comparison, zone: tzinfo | None = None) -> str:
    """When the baseline was made, by its age: ``at 09:15``, ``on Monday``, ``on 2026-11-20``; or its label."""
    if made.first.started_us is None:
        return f"in {made.first.label}"
    then = datetime.fromtimestamp(made.first.started_us / 1_000_000, UTC).astimezone(zone)
    now_us = made.second.ended_us
    if now_us is None:
        return f"on {then:%Y-%m-%d}"
    now = datetime.fromtimestamp(now_us / 1_000_000, UTC).astimezone(zone)
    if then.date() == now.date():
        return f"at {then:%H:%M}"
    return f"on {then:%A}" if timedelta() <= now.date() - then.date() <= WEEK else f"on {then:%Y-%m-%d}"


def _latest(trace: ComparedTrace) -> ComparedTrace:
    return replace(trace, hops=tuple(_latest_of(hop) for hop in trace.hops))


def _latest_of(hop: ComparedHop) -> ComparedHop:
    """A hop with its latest values alone; counts are of these, too."""
    if len(hop.lost) <= LATEST:
        return hop
    lost = hop.lost[-LATEST:]
    received = LATEST - sum(lost)
    rtts_us = hop.rtts_us[len(hop.rtts_us) - received :]
    return replace(hop, lost=lost, completed=LATEST, received=received, rtts_us=rtts_us)
