"""The full JSON (``--json-full``): the counts of its hops and their networks; what else it holds is not needed here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..sanitize import NOTHING, sanitize
from .cells import hop
from .counts import CountedReport, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text
    from .counts import CountedHop

TIMES = {"Last": "last", "Best": "best", "Avg": "average", "Wrst": "worst", "StDev": "stdev"}  # keys of ``rtt_us``


def of_full(trace: Any) -> CountedReport | None:
    """One trace of a full report; None: it is none."""
    if not isinstance(trace, dict) or not isinstance(trace.get("hops"), list):
        return None
    by_ttl = {row.ttl: row for one in trace["hops"] if isinstance(one, dict) and (row := _row(one)) is not None}
    source = sanitize(str(_part(trace, "source").get("host") or ""))
    target = sanitize(str(_part(trace, "target").get("name") or ""))
    hops = tuple(by_ttl[ttl] for ttl in sorted(by_ttl))
    return CountedReport(source, target, hops, moment_us(trace.get("started")))


def _row(one: dict[str, Any]) -> CountedHop | None:
    ttl, received, lost = (one.get(key) for key in ("ttl", "received", "lost"))
    if not (isinstance(ttl, int) and isinstance(received, int) and isinstance(lost, int)):
        return None
    times = _part(one, "rtt_us")
    cells: dict[str, object] = {"Snt": received + lost, "Rcv": received}  # what was in flight at the end is no loss
    for title, key in TIMES.items():
        value = times.get(key)
        if isinstance(value, (int, float)):
            cells[title] = value / 1000
    addresses = one.get("addresses")
    told = [each for each in addresses if isinstance(each, dict)] if isinstance(addresses, list) else []
    row = hop(ttl, [_host(each) for each in told], cells)
    if row is None or len(row.hosts) != len(told):
        return row
    return replace(row, networks=tuple([_network(each) for each in told]))


def _network(one: dict[str, Any]) -> Text:
    number = _part(one, "network").get("as_number")
    return sanitize(f"AS{number}") if number else NOTHING


def _host(one: dict[str, Any]) -> str:
    address, name = str(one.get("address") or ""), one.get("name")
    return f"{name} ({address})" if name else address


def _part(of: dict[str, Any], key: str) -> dict[str, Any]:
    part = of.get(key)
    return part if isinstance(part, dict) else {}
