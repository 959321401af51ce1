"""NTrace's (nexttrace's) JSON: a trace with the answers of each hop, a report or lines of its MTR mode, a session.

A trace (``--json``) has ``Hops``, a list of answers for each TTL, whose ``RTT`` is nanoseconds. Its MTR report (``-r
--json``) has ``stats`` in milliseconds, a row for each address. Its MTR stream is a line for each event, and a session
(``--mtr-record``) likewise; ``reset`` there begins the counts anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..sanitize import NOTHING, sanitize
from .cells import hop
from .counts import CountedReport, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..sanitize import Text
    from .counts import CountedHop

    Answer = tuple[str, str, int | None]  # host, its network, RTT in microseconds; no RTT: it was lost

_ROW = {"Avg": "avg_ms", "Best": "best_ms", "Wrst": "wrst_ms", "StDev": "stdev_ms", "Last": "last_ms"}
_RTT_MAX_US = 10**10
_TTL_MAX = 255


def of_ntrace(document: dict[str, Any]) -> CountedReport | None:
    """A trace, or the report of MTR mode; None: it is neither."""
    if isinstance(document.get("Hops"), list):
        return _trace(document["Hops"])
    if isinstance(document.get("stats"), list) and "schema_version" in document:
        return _report(document)
    return None


class Lines:
    """Gathers the events of streams and sessions, which are documents of a line each."""

    def __init__(self) -> None:
        self._found: list[tuple[Text, int | None, dict[int, list[Answer]]]] = []

    def take(self, document: Any) -> bool:
        """Whether this is such an event."""
        if not isinstance(document, dict) or "seq" not in document or not isinstance(document.get("type"), str):
            return False
        word = document["type"]
        if word == "start":
            about = document.get("session")
            about = about if isinstance(about, dict) else document
            self._found.append((sanitize(str(about.get("target") or "")), moment_us(about.get("started_at")), {}))
        elif word == "probe" and self._found:
            probe = document.get("record") or document.get("probe")
            if isinstance(probe, dict) and isinstance(probe.get("ttl"), int) and 1 <= probe["ttl"] <= _TTL_MAX:
                self._found[-1][2].setdefault(probe["ttl"], []).append(_answer(probe))
        elif word == "reset" and self._found:
            self._found[-1][2].clear()
        return True

    def reports(self) -> list[CountedReport]:
        """What was gathered, a trace for each start."""
        return [CountedReport(NOTHING, target, _rows(by_ttl), began) for target, began, by_ttl in self._found]


def _trace(hops: Sequence[Any]) -> CountedReport:
    by_ttl: dict[int, list[Answer]] = {}
    for ttl, answers in enumerate(hops[:_TTL_MAX], 1):
        told = [one for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
        if told:
            by_ttl[ttl] = [_answer(one) for one in told]
    return CountedReport(NOTHING, NOTHING, _rows(by_ttl))


def _answer(one: dict[str, Any]) -> Answer:
    """One probe of any of the forms."""
    address = one.get("Address") or one.get("ip") or ""
    if isinstance(address, dict):
        address = address.get("IP") or ""
    name = str(one.get("Hostname") or one.get("host") or "")
    geo = one.get("Geo") or one.get("geo")
    number = geo.get("asnumber") if isinstance(geo, dict) else one.get("asn")
    host = f"{name} ({address})" if name and name != address else str(address)
    if not (one.get("Success") or one.get("success")) or not address:
        return host, "", None
    for key, of_us in (("RTT", 1e-3), ("rtt_ns", 1e-3), ("rtt_ms", 1e3)):
        value = one.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value * of_us < _RTT_MAX_US:
            return host, str(number or "").removeprefix("AS"), round(value * of_us)
    return host, "", None


def _rows(by_ttl: dict[int, list[Answer]]) -> tuple[CountedHop, ...]:
    return tuple(row for ttl in sorted(by_ttl) if (row := _row(ttl, by_ttl[ttl])) is not None)


def _row(ttl: int, answers: Sequence[Answer]) -> CountedHop | None:
    times = [rtt for _, _, rtt in answers if rtt is not None]
    networks = {host: number for host, number, rtt in answers if rtt is not None}
    cells: dict[str, object] = {"Snt": len(answers), "Rcv": len(times)}
    if times:
        cells |= {"Avg": sum(times) / len(times) / 1000, "Best": min(times) / 1000, "Wrst": max(times) / 1000}
    return _with(hop(ttl, networks, cells), list(networks.values()), times)


def _with(row: CountedHop | None, numbers: Sequence[str], times: Iterable[int] = ()) -> CountedHop | None:
    if row is None:
        return None
    networks = tuple([sanitize(f"AS{one}") if one.isdecimal() else NOTHING for one in numbers])
    return replace(row, rtts_us=tuple(times), networks=networks if len(networks) == len(row.hosts) else ())


def _report(document: dict[str, Any]) -> CountedReport:
    """The report: its rows of one TTL make one hop, of which the row that answered most gives the times."""
    by_ttl: dict[int, list[dict[str, Any]]] = {}
    for one in document["stats"]:
        if isinstance(one, dict) and isinstance(one.get("ttl"), int):
            by_ttl.setdefault(one["ttl"], []).append(one)
    rows = []
    for ttl, told in sorted(by_ttl.items()):
        answered = [one for one in told if one.get("ip") and _count(one, "received")]
        answered.sort(key=lambda one: -_count(one, "received"))
        cells: dict[str, object] = {
            "Snt": sum(_count(one, "snt") for one in told),
            "Rcv": sum(_count(one, "received") for one in told),
        }
        cells |= {title: answered[0].get(key) for title, key in _ROW.items()} if answered else {}
        hosts = [_answer({**one, "success": True})[0] for one in answered]
        geos = [one.get("geo") for one in answered]
        numbers = [str(geo.get("asnumber") or "") if isinstance(geo, dict) else "" for geo in geos]
        rows.append(_with(hop(ttl, hosts, cells), numbers))
    hops = tuple(row for row in rows if row is not None)
    return CountedReport(
        NOTHING, sanitize(str(document.get("target") or "")), hops, moment_us(document.get("started_at"))
    )


def _count(one: dict[str, Any], key: str) -> int:
    value = one.get(key)
    return value if isinstance(value, int) and 0 <= value < _RTT_MAX_US else 0
