"""The full JSON (``--json-full``): the counts of its hops; what else it holds is not needed here."""

from __future__ import annotations

import json
from typing import Any

from .cells import hop
from .counts import CountedReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .counts import CountedHop

TIMES = {"Last": "last", "Best": "best", "Avg": "average", "Wrst": "worst", "StDev": "stdev"}  # keys of ``rtt_us``


def read_full(text: str) -> list[CountedReport]:
    """Every trace of a full report, in its order; empty where it holds none.

    Raises:
        ValueError: it is not JSON; the message says where.
    """
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    return [_trace(one) for one in document if isinstance(one, dict) and isinstance(one.get("hops"), list)]


def _trace(trace: dict[str, Any]) -> CountedReport:
    from ..sanitize import sanitize

    by_ttl = {row.ttl: row for one in trace["hops"] if isinstance(one, dict) and (row := _row(one)) is not None}
    source = sanitize(str(_part(trace, "source").get("host") or ""))
    target = sanitize(str(_part(trace, "target").get("name") or ""))
    return CountedReport(source, target, tuple(by_ttl[ttl] for ttl in sorted(by_ttl)))


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
    hosts = [_host(each) for each in addresses if isinstance(each, dict)] if isinstance(addresses, list) else []
    return hop(ttl, hosts, cells)


def _host(one: dict[str, Any]) -> str:
    address, name = str(one.get("address") or ""), one.get("name")
    return f"{name} ({address})" if name else address


def _part(of: dict[str, Any], key: str) -> dict[str, Any]:
    part = of.get(key)
    return part if isinstance(part, dict) else {}
