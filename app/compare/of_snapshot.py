"""From a snapshot, live or replayed, to what is compared."""

from __future__ import annotations

from ..path.snapshot import UNANSWERED, UNREACHABLE
from ..protocols import PROTOCOLS
from ..resolve.facts import AS_NUMBER
from ..sanitize import NOTHING, composed, sanitize
from .trace import ComparedHop, ComparedTrace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..path.snapshot import Hop, Snapshot
    from ..sanitize import Text

    Named = Callable[[str], Text]  # an address as it is shown
    Fact = Callable[[str, int], str | None]  # of an address's network, by number

LOST = (UNANSWERED, UNREACHABLE)


def of_snapshot(snapshot: Snapshot, label: Text, source: Text, named: Named, fact: Fact) -> ComparedTrace:
    """A trace as it stands."""
    target, offset_us = snapshot.target, snapshot.clock_offset_us
    hops = tuple(_hop(hop, named, fact) for hop in snapshot.hops)
    port = target.port_by(snapshot.settings)
    title = PROTOCOLS[snapshot.settings.protocol].title
    return ComparedTrace(
        label=label,
        target=target.called if target.kind is not None else sanitize(target.name),
        address=target.address,
        source=target.vantage or source,
        protocol=composed(f"{title} {port}" if port else title),
        hops=hops,
        reached=snapshot.reached,
        rounds=max((hop.completed for hop in hops), default=0),
        started_us=snapshot.started_us + offset_us,
        ended_us=snapshot.time_us + offset_us,
        changes=sum(entry.kind == "path-changed" for entry in snapshot.log_entries),
    )


def _hop(hop: Hop, named: Named, fact: Fact) -> ComparedHop:
    told = sorted(hop.responders, key=lambda one: -one.statistics.answers)
    first = told[0].address if told else ""
    number = fact(first, AS_NUMBER) if first else None
    figures = hop.statistics
    return ComparedHop(
        ttl=hop.ttl,
        host=named(first) if first else NOTHING,
        addresses=tuple((one.address, one.statistics.answers) for one in told),
        network=f"AS{number}" if number else "",
        completed=hop.completed,
        received=hop.received,
        rtts_us=tuple([rtt for rtt in hop.rtts_us if rtt >= 0]),
        lost=tuple([rtt in LOST for rtt in hop.rtts_us if rtt >= 0 or rtt in LOST]),
        average_us=figures.average if figures.answers else None,
        stdev_us=figures.stdev if figures.answers > 1 else None,
    )
