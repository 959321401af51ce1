"""Which router cut the target off, in an outage or for single probes, and what it said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...path.snapshot import UNREACHABLE, lost_in

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ...path.snapshot import Hop, Snapshot


@dataclass(frozen=True, slots=True)
class Cut:
    """A router's report."""

    ttl: int  # at which it answers
    address: str  # of the router
    icmp_type: int | None  # of the unreachable; None: not known
    icmp_code: int | None  # likewise


def cut_of(snapshot: Snapshot, outage: Outage) -> Cut | None:
    """Who reported during an outage that it could not reach the target, in most rounds; None: nobody did."""
    end = outage.first + outage.rounds
    counts = Counter(ttl for ttl in snapshot.cut_by[outage.first : end].tolist() if ttl)
    ttl = max(counts, key=counts.__getitem__, default=0)
    hop = next((hop for hop in snapshot.hops if hop.ttl == ttl), None)
    if hop is None or not hop.unreachables:
        return None
    begun_us = snapshot.time_us - (len(snapshot.cut_by) - outage.first) * snapshot.settings.interval_us
    ended_us = snapshot.time_us - (len(snapshot.cut_by) - end) * snapshot.settings.interval_us
    then = [one for one in hop.unreachables if one.first_us <= ended_us and one.last_us >= begun_us]
    said = max(then or hop.unreachables, key=lambda one: one.last_us)
    return Cut(ttl, said.address, said.icmp_type, said.icmp_code)


def reporter_of_losses(snapshot: Snapshot, end: Hop) -> Cut | None:
    """Who reported each lost probe of a hop that it could not pass it on; None: some were lost without a word."""
    values = end.rtts_us.tolist()
    told = [(one.count, hop.ttl, one) for hop in snapshot.hops if hop.ttl < end.ttl for one in hop.unreachables]
    if not told or not 0 < lost_in(values) == values.count(UNREACHABLE):
        return None
    _, ttl, said = max(told, key=lambda one: one[:2])
    return Cut(ttl, said.address, said.icmp_type, said.icmp_code)
