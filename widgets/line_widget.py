"""The widgets that are given lines and tell the toolkit about those that differ from before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from .glyphs import UNICODE, Glyphs
from .ink import Ink, Palette
from .line import TEXT, Line, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

T = TypeVar("T")
Runs = list[tuple[str, Ink]]


class LineWidget(Widget):
    """A widget that is given its lines and tells Textual about the ones that differ from before."""

    DEFAULT_CSS = """
    LineWidget { width: 1fr; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.palette = Palette(None)
        self.glyphs: Glyphs = UNICODE
        self._lines: list[Runs] = []
        self.ground = TEXT
        self._fitted = 0  # to how many cells the lines have been
        self._strips: dict[int, tuple[Runs | None, Strip]] = {}
        self._look: tuple[object, ...] = ()

    def dress(self, palette: Palette, glyphs: Glyphs) -> None:
        """Take colours and characters; everything is painted anew."""
        self.palette = palette
        self.glyphs = glyphs
        self.refresh()

    def paint(self, lines: Sequence[Line]) -> None:
        """Show these lines; what is missing below them is blank."""
        changed = self._take(lines)
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _take(self, lines: Sequence[Line]) -> list[int]:
        """Keep these lines; which of them are new."""
        width = self.size.width
        fresh = [line.fit(width).runs if width else line.runs for line in lines]
        old, self._lines, self._fitted = self._lines, fresh, width
        if not width:
            return []
        changed = []
        for y in range(max(len(old), len(fresh))):
            if y >= len(old) or y >= len(fresh) or old[y] != fresh[y]:
                changed.append(y)
            else:
                fresh[y] = old[y]  # what was made of it stays
        return changed

    def plain(self) -> str:
        """The text that is shown, for tests and the clipboard."""
        return join("".join(text for text, _ in runs) for runs in self._lines)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines as Textual wants them.

        They have all their colours: of borders, padding and the like, which it would look for, there are none.
        """
        width = self.size.width
        # Filters put colours in the place of the terminal's own, or take them away.
        filters = () if self.palette.coloured else tuple(self.get_line_filters())
        look = (width, self.palette, filters)
        if look != self._look:
            self._strips.clear()
            self._look = look
        strips = [self._strip(y, filters) for y in crop.line_range]
        left, right = crop.column_span
        return strips if (left, right) == (0, width) else [strip.crop(left, right) for strip in strips]

    def _strip(self, y: int, filters: tuple[LineFilter, ...]) -> Strip:
        runs = self._lines[y] if y < len(self._lines) else None
        known = self._strips.get(y)
        if known is not None and known[0] is runs:
            return known[1]
        strip = self.render_line(y)
        for line_filter in filters:
            strip = strip.apply_filter(line_filter, self.background_colors[1])
        self._strips[y] = (runs, strip)
        return strip

    def render_line(self, y: int) -> Strip:
        """One line."""
        width = self.size.width
        style = self.palette.style
        if 0 <= y < len(self._lines):
            segments = [Segment(text, style(ink)) for text, ink in self._lines[y]]
            if self._fitted == width:
                return Strip(segments, width)
            return Strip(segments).adjust_cell_length(width, style(self.ground))
        return Strip([Segment(" " * width, style(self.ground))], width)


class Redrawn(LineWidget):
    """Draws what it knows again as its size or its colours change; below its ``least`` size it draws nothing."""

    least = (1, 1)
    _drawn_in = Size(0, 0)

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines of the widget in this size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Paint again what is known."""
        if self._fits():
            self.paint(self._draw())

    def _fits(self) -> bool:
        return self.size.width >= self.least[0] and self.size.height >= self.least[1]

    def _draw(self) -> Sequence[Line]:
        self._drawn_in = self.size
        return self.draw(*self.size)

    def dress(self, palette: Palette, glyphs: Glyphs) -> None:
        """Take colours and characters; everything is drawn anew."""
        super().dress(palette, glyphs)
        self.redraw()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines as Textual wants them, in the new size at once: the event that tells of it comes a frame later."""
        if self.size != self._drawn_in and self._fits():
            self._take(self._draw())
        return super().render_lines(crop)


class Shown(Redrawn, Generic[T]):
    """A widget that shows one value: ``shown`` is the latest."""

    def __init__(self, shown: T, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.shown = shown

    def show(self, shown: T) -> None:
        """Paint a value."""
        self.shown = shown
        self.redraw()
