"""Which router cut the target off during an outage, and what it said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ...path.snapshot import Snapshot


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
