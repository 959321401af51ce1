"""From a report that any program made to what is compared."""

from __future__ import annotations

from ..reading.picture import address_in, name_in, snapshot_of
from ..sanitize import NOTHING, sanitize
from .trace import ComparedHop, ComparedTrace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..reading.counts import CountedHop, CountedReport
    from ..sanitize import Text


def of_report(report: CountedReport, label: Text, hidden_hops: int = 0) -> ComparedTrace:
    """A report's rows; the first ``hidden_hops`` of them, and who measured, without what names them."""
    picture = snapshot_of(report)
    rows = {row.ttl: row for row in report.hops}
    hops = tuple(_hop(hop.ttl, rows.get(hop.ttl), hidden=hop.ttl <= hidden_hops) for hop in picture.hops)
    return ComparedTrace(
        label=label,
        target=sanitize(picture.target.name),
        address=address_in(picture.target.address),
        source=NOTHING if hidden_hops else report.source,
        protocol=NOTHING,
        hops=hops,
        reached=picture.reached,
        rounds=max((hop.completed for hop in hops), default=0),
        started_us=report.started_us,
    )


def _hop(ttl: int, row: CountedHop | None, *, hidden: bool) -> ComparedHop:
    if row is None:
        return ComparedHop(ttl, NOTHING, (), "", 0, 0)
    hosts = tuple(sanitize(f"(hidden {ttl})") for _ in row.hosts[:1]) if hidden else row.hosts
    return ComparedHop(
        ttl=ttl,
        host=name_in(hosts[0]) if hosts else NOTHING,
        addresses=tuple((address_in(host) or host, 0) for host in hosts),
        network=row.networks[0] if row.networks and not hidden else "",
        completed=row.sent,
        received=row.received,
        rtts_us=row.rtts_us,
        average_us=row.average_us,
        stdev_us=row.stdev_us if row.received > 1 else None,
    )
