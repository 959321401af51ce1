"""Globalping's measurements of the types ``mtr`` and ``traceroute``, as its API and its CLI give them.

https://globalping.io/docs/api.globalping.io: ``results`` has a member for each probe, with its place and its result;
times are milliseconds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..sanitize import sanitize
from .cells import hop
from .counts import CountedReport, microseconds, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .counts import CountedHop

_TITLES = {"Snt": "total", "Rcv": "rcv", "Avg": "avg", "Best": "min", "Wrst": "max", "StDev": "stDev"}
_TIME_MAX_MS = 10**7


def of_globalping(document: dict[str, Any]) -> list[CountedReport]:
    """The traces of a measurement, one a probe; empty: it is none, or of another type."""
    results = document.get("results")
    if not isinstance(results, list):
        return []
    target, started_us = sanitize(str(document.get("target") or "")), moment_us(document.get("createdAt"))
    found = []
    for one in results:
        result = one.get("result") if isinstance(one, dict) else None
        if isinstance(result, dict) and isinstance(result.get("hops"), list):
            rows = [_row(ttl, each) for ttl, each in enumerate(result["hops"], 1)]
            hops = tuple(row for row in rows if row is not None)
            found.append(CountedReport(sanitize(_place(one.get("probe"))), target, hops, started_us))
    return found


def _place(probe: Any) -> str:
    """Where a probe is, as ``Falkenstein, DE, AS24940``."""
    if not isinstance(probe, dict):
        return ""
    number = f"AS{probe['asn']}" if isinstance(probe.get("asn"), int) else ""
    return ", ".join(str(part) for part in (probe.get("city"), probe.get("country"), number) if part)


def _row(ttl: int, one: Any) -> CountedHop | None:
    if not isinstance(one, dict):
        return None
    times = tuple(_times(one.get("timings")))
    stats = one.get("stats")
    if isinstance(stats, dict):
        cells: dict[str, object] = {title: stats.get(key) for title, key in _TITLES.items()}
    else:  # a traceroute: three probes a hop, and of those that were lost no timing
        answered = [time for time in times if time is not None]
        cells = {"Snt": max(_TRACEROUTE_PROBES, len(times)), "Rcv": len(answered)}
    row = hop(ttl, [_host(one)], cells)
    if row is None:
        return None
    numbers = one.get("asn")
    network = f"AS{numbers[0]}" if isinstance(numbers, list) and numbers and isinstance(numbers[0], int) else ""
    return replace(
        row,
        rtts_us=tuple(time for time in times if time is not None)[: row.received],
        networks=(sanitize(network),) if row.hosts else (),
    )


_TRACEROUTE_PROBES = 3


def _times(timings: Any) -> Iterator[int | None]:
    """RTTs in microseconds, None for one that is not told."""
    for one in timings if isinstance(timings, list) else []:
        rtt = one.get("rtt") if isinstance(one, dict) else None
        known = isinstance(rtt, (int, float)) and not isinstance(rtt, bool) and 0 <= rtt < _TIME_MAX_MS
        yield microseconds(rtt) if known and rtt is not None else None


def _host(one: dict[str, Any]) -> str:
    address, name = str(one.get("resolvedAddress") or ""), str(one.get("resolvedHostname") or "")
    return f"{name} ({address})" if name and address and name != address else address or name
