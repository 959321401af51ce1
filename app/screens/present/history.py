"""Another cut of a trace: the current path alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

from ...path.event_log import latest_change
from ...path.minutes import MINUTE_US
from ...path.snapshot import PENDING, Statistics, lost_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop, Snapshot


def current_path(snapshot: Snapshot) -> Snapshot:
    """The trace since the latest path change; all of it where there was none, or where it is too long ago."""
    change = latest_change(snapshot)
    if change is None or not snapshot.hops:
        return snapshot
    length = len(snapshot.hops[0].rtts_us)
    first = change.round - (snapshot.last_round + 1 - length)
    if first <= 0:
        return snapshot
    # The minute of the change belongs to both paths: it is the first one's.
    minute = max(0, (change.time_us - snapshot.minutes_from_us) // MINUTE_US + 1 - snapshot.first_minute)
    hops = tuple(_minutes(_since(hop, first), minute, len(hop.minute_lost)) for hop in snapshot.hops)
    first_minute = snapshot.first_minute + minute
    return replace(
        snapshot, hops=hops, traffic=snapshot.traffic[first:], cut_by=snapshot.cut_by[first:], first_minute=first_minute
    )


def _minutes(hop: Hop, begin: int, end: int) -> Hop:
    return replace(
        hop, minute_worst_us=hop.minute_worst_us[begin : max(0, end)], minute_lost=hop.minute_lost[begin : max(0, end)]
    )


def _since(hop: Hop, first: int) -> Hop:
    values = hop.rtts_us[first:]
    answered = [value for value in values if value >= 0]
    lost = lost_in(values.tolist())
    pending = sum(1 for value in values if value == PENDING)
    return replace(
        hop,
        sent=len(answered) + lost + pending,
        received=len(answered),
        pending=pending,
        statistics=statistics(answered),
        rtts_us=values,
        answered_by=hop.answered_by[first:],
    )


def statistics(answered_us: Sequence[int]) -> Statistics:
    """Figures over these answers, in mtr's sense."""
    count = len(answered_us)
    if not count:
        return Statistics()
    mean = sum(answered_us) / count
    changes = [abs(after - before) for before, after in pairwise(answered_us)]
    spread = sum((value - mean) ** 2 for value in answered_us)
    return Statistics(
        answers=count,
        last=answered_us[-1],
        best=min(answered_us),
        worst=max(answered_us),
        average=int(mean),
        stdev=int(sqrt(spread / (count - 1))) if count > 1 else 0,
        geometric_mean=int(mean),
        jitter=changes[-1] if changes else 0,
        jitter_average=sum(changes) // len(changes) if changes else 0,
        jitter_worst=max(changes, default=0),
        jitter_interarrival=0,
    )
