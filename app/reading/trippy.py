"""trippy's JSON report (``trip -m json``): numbers with decimals are strings there, times are milliseconds."""

from __future__ import annotations

from typing import Any

from ..sanitize import sanitize
from .cells import hop
from .counts import CountedReport, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .counts import CountedHop

_TITLES = {
    "Snt": "sent",
    "Rcv": "recv",
    "Last": "last",
    "Avg": "avg",
    "Best": "best",
    "Wrst": "worst",
    "StDev": "stddev",
}


def of_trippy(document: dict[str, Any]) -> CountedReport | None:
    """A report; None: it is none."""
    info, hops = document.get("info"), document.get("hops")
    if not isinstance(info, dict) or not isinstance(hops, list):
        return None
    target = info.get("target")
    target = target if isinstance(target, dict) else {}
    by_ttl = {row.ttl: row for one in hops if isinstance(one, dict) and (row := _row(one)) is not None}
    name = sanitize(str(target.get("hostname") or target.get("ip") or ""))
    return CountedReport(
        sanitize(""), name, tuple(by_ttl[ttl] for ttl in sorted(by_ttl)), moment_us(info.get("start_timestamp"))
    )


def _row(one: dict[str, Any]) -> CountedHop | None:
    ttl, told = one.get("ttl"), one.get("hosts")
    if not isinstance(ttl, int):
        return None
    hosts = [_host(each) for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return hop(ttl, hosts, {title: one.get(key) for title, key in _TITLES.items()})


def _host(one: dict[str, Any]) -> str:
    address, name = str(one.get("ip") or ""), str(one.get("hostname") or "")
    return f"{name} ({address})" if name and name != address else address
