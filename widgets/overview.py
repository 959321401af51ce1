"""The overview: one row a target, and where its trouble is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from . import strip
from .ink import SEVERITY_INKS, WORDS_INKS, Ink
from .line import MUTED, TEXT, Line, cut
from .line_widget import Redrawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

NAME_COLUMN, NAME_CELLS = 4, 20
COLUMN_CELLS = 6
ALWAYS = 4  # so many columns are shown at every width
WORDS_CELLS = 48
WORDS_FROM, MORE_FROM = 100, 160


class TargetRow(NamedTuple):
    """A target."""

    mark: str  # a severity
    name: str  # of the target
    cells: tuple[str, ...]  # under the titles; those from ``ALWAYS`` on are for wide screens
    loss_ink: Ink  # of the first cell, the loss
    words: str  # where the trouble is
    history: strip.History  # its strip alone
    instead: str = ""  # stands there instead of figures, strip and words; empty: those do


class Overview(Redrawn):
    """Shows target rows in the order given; nothing re-sorts."""

    least = (40, 2)

    class Picked(Message):
        """A target was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: Sequence[TargetRow] = ()
        self._titles: Sequence[str] = ()
        self._selected = 0
        self._first = 0

    def show(self, rows: Sequence[TargetRow], titles: Sequence[str], selected: int) -> None:
        """Paint rows and the titles of their cells; ``selected`` is an index."""
        self._rows, self._titles, self._selected = rows, titles, selected
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        """Columns depend on the width."""
        fields = self._titles if width >= MORE_FROM else self._titles[:ALWAYS]
        start = NAME_COLUMN + NAME_CELLS + COLUMN_CELLS * len(fields)
        words = WORDS_CELLS if width >= WORDS_FROM else 0
        cells = max(0, width - 1 - start - (words + 1 if words else 0))
        drawn = [strip.draw(row.history, cells, self.glyphs, lan=False)[-1:] for row in self._rows]
        title = Line(MUTED).pad(NAME_COLUMN).add("Target").pad(NAME_COLUMN + NAME_CELLS)
        for name in fields:
            title.add(name.rjust(COLUMN_CELLS))
        interval_us = self._rows[0].history.interval_us if self._rows else 1_000_000
        title.add(" " + strip.title(cells, interval_us, self.glyphs))
        if words:
            title.pad(width - words).add("Where is the trouble?")
        lines = [title]
        room = height - 1
        if self._selected < self._first:
            self._first = self._selected
        elif self._selected >= self._first + room:
            self._first = self._selected - room + 1
        last = min(len(self._rows), self._first + room)
        lines += [self._row(at, drawn[at], len(fields), start, words) for at in range(self._first, last)]
        return lines

    def _row(self, at: int, drawn: Sequence[Line], fields: int, start: int, words: int) -> Line:
        row, glyphs = self._rows[at], self.glyphs
        width = self.size.width
        chosen = at == self._selected
        line = Line().add(glyphs.selected if chosen else " ", Ink("accent")).add(" ")
        line.add(glyphs.mark(row.mark), Ink(SEVERITY_INKS[row.mark])).pad(NAME_COLUMN)
        line.add(cut(row.name, NAME_CELLS - 1, glyphs.ellipsis), TEXT).pad(NAME_COLUMN + NAME_CELLS)
        if row.instead:
            line.add(cut(row.instead, width - line.width - 1, glyphs.ellipsis), Ink("bad"))
            return line.fit(width).on("selbg", 0, None) if chosen else line
        for number, cell in enumerate(row.cells[:fields]):
            strong = Ink("strong") if number in {1, 2} else MUTED
            line.add(cell.rjust(COLUMN_CELLS), row.loss_ink if number == 0 else strong)
        line.pad(start)
        end = line.width
        line.add(" ")
        if drawn:
            line.append(drawn[0])
        if words:
            trouble = row.mark in {"fault", "warning", "changed"}
            line = line.fit(width - words)
            line.add(cut(row.words, words - 1, glyphs.ellipsis), Ink(WORDS_INKS[row.mark]) if trouble else MUTED)
        if chosen:
            return line.fit(width).on("selbg", 0, end if self.palette.reverses else None)
        return line

    def on_click(self, event: events.Click) -> None:
        """Select the target under the mouse."""
        at = self._first + event.y - 1
        if event.y >= 1 and at < len(self._rows):
            self.post_message(self.Picked(at))
