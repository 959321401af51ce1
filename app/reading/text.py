"""mtr's text report and its screen as pasted into a ticket, and WinMTR's text.

Quoted text is read too: what stands before a row (``> ``, tabs, a border) is left out.
"""

from __future__ import annotations

import re

from ..sanitize import NOTHING, sanitize
from .cells import SILENT, TITLES, USUAL, hop, number
from .counts import CountedHop, CountedReport, moment_us

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..sanitize import Text

_QUOTED = re.compile(r"^[\s>|│]*(?=\d{1,3}\.|HOST:|Host\b)")
_ROW = re.compile(r"^(\d{1,3})\.(?:\|--)?\s*(.*)$")
_NETWORK = re.compile(r"^AS(?:\d+|\?+)\S*\s+")
_FURTHER = re.compile(r"^\s+(?:\|\s+[`|]--\s*|AS\S+\s+)?([0-9A-Za-z][\w.:-]*(?: \([0-9A-Fa-f.:]+\))?)\s*$")
_WINMTR = re.compile(r"^\s*\|?\s*(.*?)\s+-\s+(\d{1,3})\s*\|((?:\s*\d+\s*\|){6})\s*$")
_SOURCE = re.compile(r"^HOST:\s*(\S+)")
_START = re.compile(r"^[\s>|│]*Start: (\S+)\s*$")
_SCREEN = re.compile(r"^\s*(\S+)(?: \([^)]*\))? -> (\S+)")


def read_text(text: str) -> list[CountedReport]:
    """The reports in a text, in their order; empty where there is none."""
    lines = text.expandtabs().splitlines()
    winmtr = list(_winmtr(lines))
    if winmtr:
        return [CountedReport(NOTHING, NOTHING, tuple(winmtr))]
    return [_with_counts(one) for one in _reports(lines) if one.hops]


def _with_counts(report: CountedReport) -> CountedReport:
    """With the probes of the silent hops of a pasted screen, which shows none of them.

    Each round probes hop after hop until the target answers: a hop has had as many probes as the next one that the
    screen counts, or, where none is beyond it, about as many as the one before.
    """
    from dataclasses import replace

    rows: list[CountedHop] = []
    beyond = next((row.sent for row in reversed(report.hops) if row.sent), 0)
    for row in reversed(report.hops):
        beyond = row.sent or beyond
        rows.insert(0, row if row.sent or row.hosts else replace(row, sent=beyond))
    return replace(report, hops=tuple(rows))


def _reports(lines: Sequence[str]) -> Iterator[CountedReport]:
    source = target = NOTHING
    titles: tuple[str, ...] = USUAL
    rows: list[CountedHop] = []
    began = next_began = None
    for line in lines:
        start = _START.match(line)
        if start:
            next_began = moment_us(start[1])
            continue
        plain = _QUOTED.sub("", line).rstrip()
        words = plain.split()
        heading = tuple(word for word in words if word in TITLES)
        if len(heading) >= 2 and words[-1] in TITLES:
            if rows:
                yield CountedReport(source, target, tuple(rows), began)
                rows, target = [], NOTHING
            titles, began, next_began = heading, next_began, None
            named = _SOURCE.match(plain)
            source = sanitize(named[1]) if named else source
            continue
        screen = _SCREEN.match(line)
        if screen:
            source, target = sanitize(screen[1]), sanitize(screen[2])
            continue
        row = _ROW.match(plain)
        made = _row(int(row[1]), row[2], titles) if row else None
        if made is not None:
            if rows and made.ttl <= rows[-1].ttl:
                yield CountedReport(source, target, tuple(rows), began)
                rows, target = [], NOTHING
            rows.append(made)
            continue
        further = _FURTHER.match(line)
        if further and rows and rows[-1].received and further[1] not in rows[-1].hosts:
            rows[-1] = _with_host(rows[-1], sanitize(further[1]))
    yield CountedReport(source, target, tuple(rows), began)


def _row(ttl: int, rest: str, titles: Sequence[str]) -> CountedHop | None:
    if rest in SILENT:
        return hop(ttl, (), {})
    words = rest.split()
    for names in (titles, USUAL):
        cells = words[len(words) - len(names) :]
        if len(words) >= len(names) and all(number(cell) is not None for cell in cells):
            host = " ".join(words[: len(words) - len(names)])
            return hop(ttl, (_NETWORK.sub("", host + " ").strip(),), dict(zip(names, cells, strict=True)))
    return None


def _with_host(row: CountedHop, host: Text) -> CountedHop:
    from dataclasses import replace

    return replace(row, hosts=(*row.hosts, host))


def _winmtr(lines: Sequence[str]) -> Iterator[CountedHop]:
    """WinMTR's rows: host, loss in percent, then Sent, Recv, Best, Avrg, Wrst, Last in whole milliseconds."""
    ttl = 0
    for line in lines:
        row = _WINMTR.match(re.sub(r"^[\s>]*(?=\|)", "", line))
        if row is None:
            continue
        ttl += 1
        sent, received, best, average, worst, last = (cell.strip() for cell in row[3].split("|")[:6])
        cells = {"Snt": sent, "Rcv": received, "Best": best, "Avg": average, "Wrst": worst, "Last": last}
        made = hop(ttl, (row[1],), cells)
        if made is not None:
            yield made
