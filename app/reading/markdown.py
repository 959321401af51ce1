"""The Markdown report: a heading with both ends in bold, and a table of the hops (GitHub's tables extension)."""

from __future__ import annotations

import re

from ..sanitize import NOTHING, sanitize
from .cells import hop
from .counts import CountedReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .counts import CountedHop

_HEADING = re.compile(r"^[>\s]*\*\*(.+?) to (.+?)(?: \([^()]*\))?\*\*,")
_CELL_END = re.compile(r"(?<!\\)\|")  # a bar inside a cell is escaped
_ESCAPED = re.compile(r"\\(.)")
_ASIDES = ("MPLS ", "Interface: ")  # begin lines of a host's cell that name no host


def is_markdown(text: str) -> bool:
    """Whether one of the first lines is the head of a table of hops."""
    return any(_cells(line)[:2] == ["Hop", "Host"] for line in text.splitlines()[:20])


def read_markdown(text: str) -> list[CountedReport]:
    """The tables in a text, in their order, each with the heading before it."""
    found: list[CountedReport] = []
    source = target = NOTHING
    titles: list[str] = []
    rows: dict[int, CountedHop] = {}
    for line in [*text.splitlines(), "****"]:
        cells = _cells(line)
        if cells[:2] == ["Hop", "Host"]:
            titles = cells
        elif titles and cells and cells[0].isdecimal() and len(cells[0]) <= 3 and len(cells) == len(titles):
            hosts = [_plain(host) for host in cells[1].split("<br>") if not host.startswith(_ASIDES)]
            row = hop(int(cells[0]), hosts, dict(zip(titles[2:], cells[2:], strict=True)))
            if row is not None:
                rows.setdefault(row.ttl, row)
        elif "**" in line:
            if titles:
                found.append(CountedReport(source, target, tuple(rows[ttl] for ttl in sorted(rows))))
                titles, rows, source, target = [], {}, NOTHING, NOTHING
            heading = _HEADING.match(_plain(line))
            if heading:
                source, target = sanitize(heading[1]), sanitize(heading[2])
    return found


def _cells(line: str) -> list[str]:
    """The cells of a row of a table; empty for any other line."""
    row = line.lstrip("> \t").rstrip()
    return [cell.strip() for cell in _CELL_END.split(row)[1:-1]] if row.startswith("|") else []


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
