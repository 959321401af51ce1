"""From a report's rows to a snapshot without history, as the rules of verdicts take it."""

from __future__ import annotations

from array import array
from ipaddress import ip_address

from ..path.snapshot import Hop, Responder, Snapshot, Statistics
from ..sanitize import sanitize
from ..settings import Target, TraceSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text
    from .counts import CountedHop, CountedReport

_NO_TIMES = memoryview(array("i")).toreadonly()
_NO_INDICES = memoryview(array("h")).toreadonly()
_INTERVAL_US = TraceSettings().interval_us
CIRCLE_VISITS = 3  # rows of one host, others between them, that no target has
RUN_MIN = 8  # rows of one host in a row: a gateway that answers for what is behind it has fewer there


def snapshot_of(report: CountedReport) -> Snapshot:
    """The trace as a finished one, of which counts and figures are known and no order in time."""
    hops = tuple(_hop(row) for row in _every_ttl(report))
    rounds = max((row.sent for row in report.hops), default=0)
    last = report.hops[-1] if report.hops else None
    circles = _circles(report)
    host = last.hosts[0] if last is not None and last.hosts and not circles else ""
    name = report.target or sanitize(name_in(host)) or sanitize("the target")
    return Snapshot(
        target=Target(name, address_in(host) or name, 6 if ":" in address_in(host) else 4),
        settings=TraceSettings(rounds=rounds or None),
        state="finished",
        reason="",
        started_us=0,
        time_us=rounds * _INTERVAL_US,
        clock_offset_us=0,
        rounds=rounds,
        last_round=max(rounds - 1, 0),
        hops=hops,
        reached=last is not None and not circles and _reached(report, last),
        settings_known=False,
    )


def _every_ttl(report: CountedReport) -> list[CountedHop]:
    """The rows, with those that the report leaves out as hops that nobody probed."""
    from .counts import CountedHop

    by_ttl = {row.ttl: row for row in report.hops}
    first, last = min(by_ttl, default=1), max(by_ttl, default=0)
    return [by_ttl.get(ttl, CountedHop(ttl, (), 0, 0)) for ttl in range(first, last + 1)]


def _hop(row: CountedHop) -> Hop:
    figures = Statistics(
        answers=row.received,
        last=row.last_us or 0,
        best=row.best_us or 0,
        worst=row.worst_us or 0,
        average=row.average_us or 0,
        stdev=row.stdev_us or 0,
    )
    responders = tuple(Responder(address_in(host) or host, figures) for host in row.hosts[:1])
    responders += tuple(Responder(address_in(host) or host, Statistics()) for host in row.hosts[1:])
    return Hop(
        ttl=row.ttl,
        sent=row.sent,
        received=row.received,
        pending=0,
        statistics=figures,
        responders=responders,
        latest=0 if responders else -1,
        error="",
        waiting=False,
        rtts_us=_NO_TIMES,
        answered_by=_NO_INDICES,
        flows=_NO_INDICES,
    )


def _reached(report: CountedReport, last: CountedHop) -> bool:
    """Whether the last row is the target's: mtr ends a path that was not reached with a row that nobody answers.

    Where both are shown as addresses, they must be the same one: an error from a router ends a path, too.
    """
    if not last.received:
        return False
    target, answered = address_in(report.target), {address_in(host) for host in last.hosts}
    return not target or "" in answered or target in answered


def _circles(report: CountedReport) -> bool:
    """Whether the last row is a router's that answers in turn with others, or alone at very many hops.

    A path that ends at the target has it once; a gateway that translates addresses may answer for a few hops before.
    """
    at = [place for place, row in enumerate(report.hops) if row.received and row.hosts]
    if not at or at[-1] != len(report.hops) - 1:
        return False
    last = report.hops[-1].hosts[0]
    if report.target and report.target in {last, name_in(last), address_in(last)}:
        return False
    visits = [place for place in at if report.hops[place].hosts[0] == last]
    others = [place for place in at if place > visits[0] and place not in visits]
    return len(visits) >= (CIRCLE_VISITS if others else RUN_MIN)


def address_in(host: str) -> str:
    """The address in ``ADDRESS`` or ``NAME (ADDRESS)``; empty where there is none."""
    inner = host[host.rfind("(") + 1 : -1] if host.endswith(")") and "(" in host else host
    try:
        return str(ip_address(inner))
    except ValueError:
        return ""


def name_in(host: str) -> Text:
    """The name in ``NAME (ADDRESS)``, or all of a host that is one or the other."""
    return sanitize(host.partition(" (")[0])
