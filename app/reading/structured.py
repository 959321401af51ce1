"""mtr's JSON, CSV and XML."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

from ..sanitize import sanitize
from .cells import hop
from .counts import CountedHop, CountedReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

EPOCH_DIGITS = 11
_AS = re.compile(r"AS\d{1,10}")


def of_mtr(document: Any) -> CountedReport | None:
    """One of mtr's JSON documents; None: it is none."""
    report = document.get("report") if isinstance(document, dict) else None
    if not isinstance(report, dict) or not isinstance(report.get("hubs"), list):
        return None
    about = report.get("mtr")
    about = about if isinstance(about, dict) else {}
    rows = []
    for at, hub in enumerate(report["hubs"], 1):
        if not isinstance(hub, dict):
            continue
        count = str(hub.get("count", at))
        ttl = int(count) if count.isdecimal() and len(count) <= 3 else at
        row = hop(ttl, (str(hub.get("host", "")),), {str(key): value for key, value in hub.items()})
        number = str(hub.get("ASN") or "").strip()
        if row is not None and row.hosts and _AS.fullmatch(number):
            row = replace(row, networks=(sanitize(number),))
        rows.append(row)
    return _report(str(about.get("src", "")), str(about.get("dst", "")), rows)[0]


def read_csv(text: str) -> list[CountedReport]:
    """Mtr's CSV, with the heading of 0.95 and newer, or without one as older versions wrote it.

    Raises:
        ValueError: a field is larger than any that mtr writes.
    """
    found: dict[str, list[CountedHop | None]] = {}
    starts: dict[str, int] = {}
    titles: list[str] = []
    try:
        for row in csv.reader(io.StringIO(text)):
            if "Hop" in row and "Snt" in row:
                titles = ["Drop" if not title.strip() and at < len(row) - 1 else title for at, title in enumerate(row)]
                continue
            if not titles or len(row) < 6:
                continue
            cells = dict(zip(titles, row, strict=False))
            ttl, began = cells.get("Hop", ""), cells.get("Start_Time", "")
            if began.isdecimal() and len(began) <= EPOCH_DIGITS:
                starts.setdefault(cells.get("Host", ""), int(began) * 1_000_000)
            if ttl.isdecimal() and len(ttl) <= 3:
                host = cells.get("Ip", "")
                found.setdefault(cells.get("Host", ""), []).append(hop(int(ttl), (host,), cells))
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return [
        replace(report, started_us=starts.get(target))
        for target, rows in found.items()
        for report in _report("", target, rows)
    ]


def read_xml(text: str) -> list[CountedReport]:
    """Mtr's XML, one document or several; entities are not expanded.

    Raises:
        ValueError: it is not XML, or declares entities.
    """
    from xml.etree import ElementTree as ET

    if "<!ENTITY" in text or "<!DOCTYPE" in text:
        raise ValueError("it declares a document type, which no report of mtr does")
    found = []
    pieces = text.split("<?xml")
    for piece in pieces if len(pieces) == 1 else [f"<?xml{piece}" for piece in pieces[1:]]:
        try:
            root = ET.fromstring(piece.strip())  # noqa: S314 - no entities, see above
        except ET.ParseError as error:
            raise ValueError(str(error)) from None
        if root.tag != "MTR":
            continue
        rows = []
        for at, hub in enumerate(root.iter("HUB"), 1):
            count = hub.get("COUNT", "")
            cells = {"Loss%" if child.tag == "Loss" else child.tag: child.text or "" for child in hub}
            ttl = int(count) if count.isdecimal() and len(count) <= 3 else at
            rows.append(hop(ttl, (hub.get("HOST", ""),), cells))
        found += _report(root.get("SRC", ""), root.get("DST", ""), rows)
    return found


def _report(source: str, target: str, rows: Iterable[CountedHop | None]) -> list[CountedReport]:
    by_ttl = {row.ttl: row for row in rows if row is not None}
    hops = tuple(by_ttl[ttl] for ttl in sorted(by_ttl))
    return [CountedReport(sanitize(source), sanitize(target), hops)]
