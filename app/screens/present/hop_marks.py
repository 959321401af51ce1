"""What a snapshot says about its hops without any test: changed, silent, stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.event_log import CHANGES, latest_change
from ...path.snapshot import UNREACHABLE

if TYPE_CHECKING:
    from ...path.snapshot import Hop, LogEntry, Snapshot

CHANGED_FOR_US = 60_000_000
SILENT_FROM = 10
STALE_ROUNDS = 5


def recent_change(snapshot: Snapshot, now_us: int) -> LogEntry | None:
    """The change with which the present path began, if that was within the last minute."""
    change = latest_change(snapshot)
    if change is None or change.kind != "path-changed" or now_us - change.time_us >= CHANGED_FOR_US:
        return None
    return change


def changed_ttls(snapshot: Snapshot, now_us: int) -> frozenset[int]:
    """The hops that changed within the last minute, that seem to have, or that flap."""
    ttls = {
        ttl
        for one in snapshot.log_entries
        if one.kind in CHANGES and now_us - one.time_us < CHANGED_FOR_US
        for ttl in range(one.first_ttl, one.last_ttl + 1)
    }
    if (seeming := snapshot.seeming_change) is not None:
        ttls.update(range(seeming.first_ttl, seeming.last_ttl + 1))
    if (flap := snapshot.flap) is not None and flap.ended_us is None:
        ttls.update(range(flap.first_ttl, flap.last_ttl + 1))
    return frozenset(ttls)


def is_silent(hop: Hop) -> bool:
    """Whether a hop has never answered enough probes to say so."""
    return hop.received == 0 and hop.completed >= SILENT_FROM


def is_stale(hop: Hop) -> bool:
    """Whether a hop that answered before has not for five rounds."""
    if not hop.received or len(hop.rtts_us) < STALE_ROUNDS + 1:
        return False
    known = [value for value in hop.rtts_us[-STALE_ROUNDS - 3 :] if value >= -1 or value == UNREACHABLE]
    return len(known) >= STALE_ROUNDS and all(value < 0 for value in known[-STALE_ROUNDS:])


def end_hop(snapshot: Snapshot) -> Hop | None:
    """The hop that end-to-end figures are taken from: the target's row, None while there is none."""
    return snapshot.hops[-1] if snapshot.hops else None
