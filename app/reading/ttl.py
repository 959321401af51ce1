"""ttl's session (``ttl --json``): figures by responder, times in microseconds, the spread as a sum of squares."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, sqrt
from typing import Any

from ..sanitize import NOTHING, sanitize
from .cells import hop
from .counts import CountedReport, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text
    from .counts import CountedHop


def of_ttl(document: dict[str, Any]) -> CountedReport | None:
    """A session; None: it is none."""
    target, hops = document.get("target"), document.get("hops")
    if not isinstance(target, dict) or "original" not in target or not isinstance(hops, list):
        return None
    by_ttl = {row.ttl: row for one in hops if isinstance(one, dict) and (row := _row(one)) is not None}
    answered = [ttl for ttl, row in by_ttl.items() if row.received]
    last = max(answered, default=0)  # it lists every TTL that it may try
    rows = tuple(by_ttl[ttl] for ttl in sorted(by_ttl) if ttl <= last)
    return CountedReport(NOTHING, sanitize(str(target["original"])), rows, moment_us(document.get("started_at")))


def _row(one: dict[str, Any]) -> CountedHop | None:
    ttl, sent, received, told = (one.get(key) for key in ("ttl", "sent", "received", "responders"))
    if not (isinstance(ttl, int) and isinstance(sent, int) and isinstance(received, int) and isinstance(told, dict)):
        return None
    timeouts = one.get("timeouts")
    if isinstance(timeouts, int) and timeouts >= 0:
        sent = received + timeouts  # what was in flight at the end is no loss
    answered = [each for each in told.values() if isinstance(each, dict)]
    answered.sort(key=lambda each: -_number(each, "received"))
    row = hop(ttl, [_host(each) for each in answered], {"Snt": sent, "Rcv": received, **_times(answered)})
    if row is None or len(row.hosts) != len(answered):
        return row
    return replace(row, networks=tuple([_network(each) for each in answered]))


def _times(answered: list[dict[str, Any]]) -> dict[str, object]:
    """Mean and standard deviation over all responders, in milliseconds (Chan, Golub and LeVeque 1979)."""
    count, mean_us, squares = 0.0, 0.0, 0.0
    for one in answered:
        more, its_mean_us = _number(one, "received"), _number(one, "mean_rtt")
        if more > 0:
            step = its_mean_us - mean_us
            squares += _number(one, "m2") + step * step * count * more / (count + more)
            mean_us += step * more / (count + more)
            count += more
    if not count:
        return {}
    return {"Avg": mean_us / 1000, "StDev": sqrt(squares / max(1.0, count - 1)) / 1000}


def _number(one: dict[str, Any], key: str) -> float:
    value = one.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e18:
        return 0.0
    return float(value) if isfinite(value) else 0.0


def _host(one: dict[str, Any]) -> str:
    address, name = str(one.get("ip") or ""), str(one.get("hostname") or "")
    return f"{name} ({address})" if name else address


def _network(one: dict[str, Any]) -> Text:
    asn = one.get("asn")
    number = asn.get("number") if isinstance(asn, dict) else None
    return sanitize(f"AS{number}") if isinstance(number, int) else NOTHING
