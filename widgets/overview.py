"""The overview: one row a target, or a lane to it, and where its trouble is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from . import strip
from .ink import SEVERITY_INKS, WORDS_INKS, Ink
from .line import MUTED, TEXT, Line, cut, cut_lane, width_of
from .line_widget import Redrawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

NAME_COLUMN = 4
COLUMN_CELLS = 6
WORDS_MAX, WORDS_MIN, WORDS_NARROW = 48, 30, 24
WORDS_WIDE, WIDE_STRIP = 76, 40  # so many, where the strip has so many cells left
STRIP_MIN = 10
WIDE_FROM, WIDEST_FROM = 100, 160
ALWAYS, NARROW = 4, 3  # so many columns are shown at every width; so many where words take the place of the strip
# Cells of a name that stands alone, and of a vantage point and a target side by side; by width.
ALONE_CELLS = 20
SIDES = ((160, 30, 26), (100, 22, 20), (76, 17, 15), (0, 14, 12))
SOURCE_TITLE, TARGET_TITLE = "From", "Target"
GAP = "gap"  # the mark of a lane that is not measured


class TargetRow(NamedTuple):
    """A target, or a lane to it."""

    place: int  # among all; those that are not traced come after those that are
    mark: str  # a severity, or ``gap``
    name: str  # of the target
    cells: tuple[str, ...]  # under the titles; those from ``ALWAYS`` on are for wide screens
    loss_ink: Ink  # of the first cell, the loss
    words: tuple[str, ...]  # where the trouble is, in several lengths, the longest first
    history: strip.History  # its strip alone
    source: str = ""  # the vantage point; empty where none is named
    instead: str = ""  # stands there instead of figures, strip and words; empty: those do
    instead_ink: Ink = MUTED  # of ``instead``


class Columns(NamedTuple):
    """How a width is shared out."""

    source: int  # cells of the vantage point, 0: it is not shown
    name: int  # cells of the target, 0: it is not shown
    fields: int  # how many figures are shown
    strip: int  # cells of the strip, 0: it is not shown
    words: int  # cells of where the trouble is, 0: that is not shown

    @property
    def start(self) -> int:
        """The cell where what follows the figures begins."""
        return NAME_COLUMN + self.source + self.name + COLUMN_CELLS * self.fields


def columns(width: int, rows: Sequence[TargetRow], fields: int) -> Columns:
    """Columns for these rows; where there is no room for both, words take the place of a figure and the strip."""
    source, name = 0, ALONE_CELLS
    if any(row.source for row in rows):
        _, source_max, name_max = next(side for side in SIDES if width >= side[0])
        source = min(source_max, max(width_of(row.source) for row in rows) + 2)
        name = min(name_max, max(width_of(row.name) for row in rows) + 2)
        if len({row.name for row in rows}) == 1 and width < WIDE_FROM:
            source, name = min(source + name, 24), 0
        source, name = max(source, len(SOURCE_TITLE) + 2), name and max(name, len(TARGET_TITLE) + 2)
    shown = fields if width >= WIDEST_FROM else min(fields, ALWAYS)
    left = width - 1 - NAME_COLUMN - source - name - COLUMN_CELLS * shown
    if width >= WIDE_FROM:
        if left - WORDS_WIDE - 1 >= WIDE_STRIP:
            return Columns(source, name, shown, left - WORDS_WIDE - 1, WORDS_WIDE)
        if left - WORDS_MAX - 1 >= STRIP_MIN:
            return Columns(source, name, shown, left - WORDS_MAX - 1, WORDS_MAX)
        if left - STRIP_MIN - 1 >= WORDS_MIN:
            return Columns(source, name, shown, STRIP_MIN, left - STRIP_MIN - 1)
        return Columns(source, name, shown, 0, left)
    shown = min(fields, NARROW)
    left = width - 1 - NAME_COLUMN - source - name - COLUMN_CELLS * shown
    return Columns(source, name, shown, 0, left) if left >= WORDS_NARROW else Columns(source, name, shown, left, 0)


class Overview(Redrawn):
    """Shows rows in the order in which it is given them."""

    least = (40, 2)

    class Picked(Message):
        """A target was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    class Scrolled(Message):
        """The wheel was turned."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: Sequence[TargetRow] = ()
        self._titles: Sequence[str] = ()
        self._selected = 0
        self._first = 0
        self._nothing = ""

    def show(self, rows: Sequence[TargetRow], titles: Sequence[str], selected: int, nothing: str = "") -> None:
        """Paint rows and the titles of their cells; ``selected`` is the index of a row.

        Where there are no rows, ``nothing`` says so.
        """
        self._rows, self._titles, self._selected, self._nothing = rows, titles, selected, nothing
        self.redraw()

    def draw(self, width: int, height: int) -> list[Line]:
        """Columns depend on the width; the row that is selected stays in view."""
        rows, glyphs = self._rows, self.glyphs
        if not rows:
            return [Line(), Line(MUTED).pad(NAME_COLUMN).add(cut(self._nothing, width - NAME_COLUMN, glyphs.ellipsis))]
        made = columns(width, rows, len(self._titles))
        room = max(1, height - 1)
        at = next((at for at, row in enumerate(rows) if row.place == self._selected), 0)
        self._first = max(at - room + 1, min(self._first, at, max(0, len(rows) - room)))
        shown = rows[self._first : self._first + room]
        title = Line(MUTED).pad(NAME_COLUMN)
        if made.source:
            title.add(SOURCE_TITLE).pad(NAME_COLUMN + made.source)
        if made.name:
            title.add(TARGET_TITLE).pad(NAME_COLUMN + made.source + made.name)
        for name in self._titles[: made.fields]:
            title.add(name.rjust(COLUMN_CELLS))
        interval_us = rows[0].history.interval_us
        below = len(rows) - self._first - len(shown)
        hidden = " ".join(f"{glyph}{many}" for many, glyph in ((self._first, glyphs.up), (below, glyphs.down)) if many)
        if made.strip:
            title.add(" " + strip.title(made.strip, interval_us, glyphs))
        if made.words:
            title.pad(width - made.words).add("Where is the trouble?")
        if hidden and title.width + len(hidden) + 2 <= width:
            title.pad(width - 1 - len(hidden)).add(hidden)
        return [title, *(self._row(row, made, width) for row in shown)]

    def _row(self, row: TargetRow, made: Columns, width: int) -> Line:
        glyphs = self.glyphs
        chosen = row.place == self._selected
        line = Line().add(glyphs.selected if chosen else " ", Ink("accent")).add(" ")
        line.add(glyphs.mark(row.mark), Ink(SEVERITY_INKS.get(row.mark, "muted"))).pad(NAME_COLUMN)
        if made.source:
            line.add(cut(row.source, made.source - 1, glyphs.ellipsis), TEXT).pad(NAME_COLUMN + made.source)
        if made.name:
            line.add(cut_lane(row.name, made.name - 1, glyphs.ellipsis), TEXT)
            line.pad(NAME_COLUMN + made.source + made.name)
        if row.instead:
            line.add(" " + cut(row.instead, width - line.width - 2, glyphs.ellipsis), row.instead_ink)
            return line.fit(width).on("selbg", 0, None) if chosen else line
        for number, cell in enumerate(row.cells[: made.fields]):
            strong = Ink("strong") if number in {1, 2} else MUTED
            line.add(cell.rjust(COLUMN_CELLS), row.loss_ink if number == 0 else strong)
        line.pad(made.start)
        end = line.width
        if made.strip:
            drawn = strip.draw(row.history, made.strip, glyphs, lan=False)[-1:]
            line.add(" ").append(drawn[0] if drawn else Line())
        if made.words:
            trouble = row.mark in {"fault", "warning", "changed"}
            line = line.fit(width - made.words)
            ink = Ink(WORDS_INKS[row.mark]) if trouble else MUTED
            words = next((each for each in row.words if width_of(each) < made.words), row.words[-1])
            line.add(cut(words, made.words - 1, glyphs.ellipsis), ink)
        if chosen:
            return line.fit(width).on("selbg", 0, end if self.palette.reverses else None)
        return line

    def on_click(self, event: events.Click) -> None:
        """Select the target under the mouse."""
        at = self._first + event.y - 1
        if event.y >= 1 and at < len(self._rows):
            self.post_message(self.Picked(self._rows[at].place))

    def on_mouse_scroll_down(self) -> None:
        """The wheel moves the selection."""
        self.post_message(self.Scrolled(1))

    def on_mouse_scroll_up(self) -> None:
        """The wheel moves the selection."""
        self.post_message(self.Scrolled(-1))
