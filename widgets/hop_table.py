"""The hop table: titles, a row a hop, and its history strip."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from . import strip
from .grid import Grid, fit
from .ink import SEVERITY_INKS, Ink
from .line import MUTED, Line, cut, width_of
from .line_widget import Redrawn
from .titles import title_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

WIDE_STRIP = 30  # cells; from here its title is a sentence
INFO_WIDTH_MAX = 24  # cells: an IPv6 prefix; the name of an AS can be far longer


class HopRow(NamedTuple):
    """One row: a hop, or an address or a label below its hop."""

    ttl: int  # of the hop
    number: str  # the TTL as it is shown, empty below a hop
    mark: str  # a severity
    host: str  # a name, an address or a label
    host_ink: Ink  # of the host
    info: str  # what is known of the network, empty: nothing
    cells: tuple[str, ...]  # a text for each column, or none at all
    inks: tuple[Ink, ...]  # of the cells
    track: int = -1  # index in the table's history; -1: none
    aside: str = ""  # stands in the place of a history
    aside_brief: str = ""  # the same where that is too long
    host_brief: str = ""  # in the place of a host that is too long, empty: it is cut
    interface: str = ""  # of the router, after the host where there is room
    more: str = ""  # how many other addresses there are (``+2``), which is not cut off
    branch: str = ""  # before the host, a glyph by name: ``branch`` or ``last_branch`` of the hop above
    tint: str = "bg"  # a token


class TableContents(NamedTuple):
    """What the table shows."""

    rows: tuple[HopRow, ...] = ()  # from the top
    fields: str = ""  # the letters of the columns, which go in a fixed order where there is no room
    titles: tuple[str, ...] = ()  # of the columns
    info_title: str = ""  # of the column beside the host, empty: there is none
    history: strip.History = strip.History((), -1, 1_000_000)  # the strips that rows refer to
    lan: bool = False  # the strip is finer
    message: str = ""  # stands in an empty table
    span: str = ""  # of an older picture, above the strip
    span_brief: str = ""  # the same where that is too long
    host_title: str = "Host"  # of the host column


class HopTable(Redrawn):
    """Shows a ``TableContents``; the last row never scrolls away, and rows that do not fit are counted."""

    least = (8, 2)

    class Picked(Message):
        """A row was clicked; ``ttl`` is its hop."""

        def __init__(self, ttl: int) -> None:
            super().__init__()
            self.ttl = ttl

    class CellPicked(Message):
        """A cell of a strip was clicked; ``cells_ago``: how many stand after it."""

        def __init__(self, cells_ago: int) -> None:
            super().__init__()
            self.cells_ago = cells_ago

    class Scrolled(Message):
        """The mouse wheel turned by ``steps`` rows."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.table = TableContents()
        self.selected = 0
        self.first = 0  # index of the first row that is shown
        self.with_strip = True
        self._shown: list[int] = []  # ttl a line, 0 where there is none
        self._strip_at = (0, 0)  # where strips begin, and how wide they are

    def show(self, table: TableContents, selected: int) -> None:
        """Paint a table; ``selected`` is the TTL of the selected hop (0: none)."""
        self.table = table
        self.selected = selected
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        """Columns depend on the width."""
        table = self.table
        info = min(max((width_of(row.info) for row in table.rows), default=0), INFO_WIDTH_MAX)
        grid = fit(width, table.fields, info_cells=max(10, info + 2) if table.info_title else 0, strip=self.with_strip)
        self._strip_at = grid.strip_start, grid.strip_width
        strips = strip.draw(table.history, grid.strip_width, self.glyphs, lan=table.lan)
        lines = [self._titles(grid)]
        self._shown = [0]
        if table.message:
            lines.append(Line(MUTED).pad(6).add(cut(table.message, width - 7, self.glyphs.ellipsis)))
            self._shown.append(0)
        for line, ttl in self._window(grid, strips, height - len(lines)):
            lines.append(line)
            self._shown.append(ttl)
        return lines

    def _window(self, grid: Grid, strips: Sequence[Line], room: int) -> list[tuple[Line, int]]:
        rows = self.table.rows
        if len(rows) <= room or room < 4:
            self.first = 0
            return [(self._row(row, grid, strips), row.ttl) for row in rows[:room]]
        at = next((index for index, row in enumerate(rows) if row.ttl == self.selected), None)
        last = max(index for index, row in enumerate(rows) if row.number)
        rows = rows[: last + 1]
        # The last line is the target's; one above it counts what is hidden, and one on top when scrolled.
        if at is not None and at != last:
            above = 1 if self.first else 0
            span = room - 2 - above
            if at < self.first + above or at < self.first:
                self.first = max(0, at - 1) if at <= 1 else at
                self.first = 0 if self.first == 1 else self.first
            elif at >= self.first + span:
                self.first = at - (room - 3) + 1
        self.first = max(0, min(self.first, last - (room - 3)))
        if self.first == 1:
            self.first = 2
        made: list[tuple[Line, int]] = []
        if self.first:
            made.append((self._more(f"{self.glyphs.up} {_hops(rows[: self.first])}"), 0))
        span = room - 2 - len(made)
        body = rows[self.first : min(self.first + span, last)]
        made += [(self._row(row, grid, strips), row.ttl) for row in body]
        hidden = rows[self.first + len(body) : last]
        if hidden:
            made.append((self._more(f"{self.glyphs.down} {_hops(hidden)}{_faults(hidden)}"), 0))
        made.append((self._row(rows[last], grid, strips), rows[last].ttl))
        return made

    def _more(self, text: str) -> Line:
        return Line(MUTED).pad(6).add(text)

    def _titles(self, grid: Grid) -> Line:
        table = self.table
        text = strip.title(grid.strip_width, table.history.interval_us, self.glyphs, lan=table.lan)
        if table.span:
            text = table.span if grid.strip_width >= WIDE_STRIP else table.span_brief.rjust(grid.strip_width)
        return title_line(grid, table.titles, table.info_title, text, table.host_title)

    def head(self, row: HopRow) -> Line:
        """The cells before the host: selection, number, mark."""
        chosen = row.ttl != 0 and row.ttl == self.selected and bool(row.number)
        line = Line().add(self.glyphs.selected if chosen else " ", Ink("accent"))
        line.add(row.number.rjust(2), Ink("strong", bold=True) if chosen else MUTED)
        if len(row.number) < 3:
            line.add(" ")
        return line.add(self.glyphs.mark(row.mark), Ink(SEVERITY_INKS[row.mark])).pad(6)

    def host(self, row: HopRow, width: int) -> str:
        """A row's host in at most ``width`` cells."""
        before = f"{getattr(self.glyphs, row.branch)} " if row.branch else ""
        after = f" {row.more}" if row.more else ""
        room = width - len(before) - len(after)
        text = row.host_brief if row.host_brief and width_of(row.host) > room else row.host
        return before + cut(text, room, self.glyphs.ellipsis) + after

    def _row(self, row: HopRow, grid: Grid, strips: Sequence[Line]) -> Line:
        glyphs = self.glyphs
        chosen = row.ttl != 0 and row.ttl == self.selected and bool(row.number)
        line = self.head(row)
        alone = not (row.cells or row.aside or row.info) and row.track < 0  # a label has the row to itself
        room = grid.width - 1 - line.width if alone else grid.host_width - 1
        host = self.host(row, room)
        line.add(host, row.host_ink)
        if row.interface and width_of(host) + 2 + width_of(row.interface) <= room:
            line.add("  " + row.interface, MUTED)
        line.pad(6 + grid.host_width)
        if grid.info_cells:
            line.add(" " + cut(row.info, grid.info_cells - 2, glyphs.ellipsis), MUTED).pad(grid.fields_start)
        for at, cells in zip(grid.fields, grid.field_cells, strict=True):
            if at < len(row.cells):
                line.add(row.cells[at].rjust(cells), row.inks[at])
        line.pad(grid.strip_start - 1)
        end = line.width
        if grid.strip_width:
            line.add(" ")
            if 0 <= row.track < len(strips):
                line.append(strips[row.track])
            else:
                aside = row.aside if len(row.aside) <= grid.strip_width else row.aside_brief
                line.add(cut(aside, grid.strip_width, glyphs.ellipsis), MUTED)
        if chosen:
            line = line.fit(grid.width).on("selbg", 0, end if self.palette.reverses else None)
        elif row.tint != "bg":
            line = line.fit(grid.width).on(row.tint)
        return line

    def on_click(self, event: events.Click) -> None:
        """Select the hop under the mouse; in its strip, go to the moment."""
        if event.y < len(self._shown) and self._shown[event.y]:
            self.post_message(self.Picked(self._shown[event.y]))
            start, width = self._strip_at
            ago = strip.cells_ago(self.table.history, width, event.x - start)
            if ago is not None:
                self.post_message(self.CellPicked(ago))

    def on_mouse_scroll_down(self) -> None:
        """Scroll on."""
        self.post_message(self.Scrolled(1))

    def on_mouse_scroll_up(self) -> None:
        """Scroll back."""
        self.post_message(self.Scrolled(-1))


def _hops(rows: Sequence[HopRow]) -> str:
    hops = sum(1 for row in rows if row.number)
    return f"{hops} more hop{'s' if hops != 1 else ''}"


def _faults(rows: Sequence[HopRow]) -> str:
    bad = [row.ttl for row in rows if row.mark == "fault"]
    if not bad:
        return ""
    where = f" ({bad[0]}-{bad[-1]})" if len(bad) > 1 else f" ({bad[0]})"
    hops = sum(1 for row in rows if row.number)
    if len(bad) < hops:
        return f", {len(bad)} of them with {'faults' if len(bad) > 1 else 'a fault'}{where}"
    return f"{where}, {'with a fault' if hops == 1 else 'both with faults' if hops == 2 else 'all with faults'}"
