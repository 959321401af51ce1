"""Lines of a screen as runs of text and ink, and the widget that repaints only the lines that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .glyphs import UNICODE, Glyphs
from .ink import Ink, Palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.geometry import Size

T = TypeVar("T")

TEXT = Ink()
MUTED = Ink("muted")
STRONG = Ink("strong", bold=True)
RULE = Ink("rule")
ACCENT = Ink("accent", bold=True)


def width_of(text: str) -> int:
    """How many cells a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int, ellipsis: str) -> str:
    """The text in at most ``width`` cells; what is cut off at its end is marked by the ellipsis."""
    if width_of(text) <= width:
        return text
    if width <= 0:
        return ""
    return set_cell_size(text, width - 1).rstrip() + ellipsis


class Line:
    """One line being written, left to right; neighbouring runs of one ink are one run."""

    __slots__ = ("ink", "runs", "width")

    def __init__(self, ink: Ink = TEXT) -> None:
        self.ink = ink
        self.runs: list[tuple[str, Ink]] = []
        self.width = 0

    def add(self, text: str, ink: Ink | None = None) -> Line:
        """Write on; without an ink in the line's own. Returns the line."""
        if text:
            ink = ink if ink is not None else self.ink
            if self.runs and self.runs[-1][1] == ink:
                self.runs[-1] = (self.runs[-1][0] + text, ink)
            else:
                self.runs.append((text, ink))
            self.width += width_of(text)
        return self

    def pad(self, column: int, ink: Ink | None = None, fill: str = " ") -> Line:
        """Fill up to a column. Returns the line."""
        if column > self.width:
            self.add(fill * (column - self.width), ink)
        return self

    def append(self, other: Line) -> Line:
        """Write all runs of another line. Returns the line."""
        for text, ink in other.runs:
            self.add(text, ink)
        return self

    def on(self, bg: str, start: int = 0, stop: int | None = None) -> Line:
        """The line with another background from column ``start`` to ``stop``."""
        made = Line(self.ink.on(bg) if start == 0 and stop is None else self.ink)
        column = 0
        for text, ink in self.runs:
            end = column + width_of(text)
            if start <= column and (stop is None or end <= stop):
                made.add(text, ink.on(bg))
            elif end <= start or (stop is not None and column >= stop):
                made.add(text, ink)
            else:
                for offset, char in enumerate(text):
                    at = column + offset
                    inside = at >= start and (stop is None or at < stop)
                    made.add(char, ink.on(bg) if inside else ink)
            column = end
        return made

    def text(self) -> str:
        """The characters alone."""
        return "".join(text for text, _ in self.runs)

    def fit(self, width: int) -> Line:
        """The line in exactly ``width`` cells: cut or padded in the line's own ink."""
        if self.width <= width:
            return self.pad(width)
        made = Line(self.ink)
        for text, ink in self.runs:
            room = width - made.width
            if room <= 0:
                break
            made.add(text if width_of(text) <= room else set_cell_size(text, room), ink)
        return made.pad(width)


def join(lines: Iterable[str]) -> str:
    """Lines of text as one, without trailing blanks: for the clipboard and for tests."""
    return "\n".join(line.rstrip() for line in lines)


class LineWidget(Widget):
    """A widget that is given its lines and tells Textual about the ones that differ from before."""

    DEFAULT_CSS = """
    LineWidget { width: 1fr; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.palette = Palette(None)
        self.glyphs: Glyphs = UNICODE
        self._lines: list[list[tuple[str, Ink]]] = []
        self._blank: list[tuple[str, Ink]] = []
        self.ground = TEXT

    def dress(self, palette: Palette, glyphs: Glyphs) -> None:
        """Take colours and characters; everything is painted anew."""
        self.palette = palette
        self.glyphs = glyphs
        self.refresh()

    def paint(self, lines: Sequence[Line]) -> None:
        """Show these lines; what is missing below them is blank."""
        width = self.size.width
        fresh = [line.fit(width).runs if width else line.runs for line in lines]
        old = self._lines
        self._lines = fresh
        if not width:
            return
        changed = [
            y
            for y in range(max(len(old), len(fresh)))
            if (old[y] if y < len(old) else None) != (fresh[y] if y < len(fresh) else None)
        ]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def plain(self) -> str:
        """The text that is shown, for tests and the clipboard."""
        return join("".join(text for text, _ in runs) for runs in self._lines)

    def render_line(self, y: int) -> Strip:
        """One line as Textual wants it."""
        width = self.size.width
        style = self.palette.style
        if 0 <= y < len(self._lines):
            segments = [Segment(text, style(ink)) for text, ink in self._lines[y]]
            return Strip(segments).adjust_cell_length(width, style(self.ground))
        return Strip([Segment(" " * width, style(self.ground))], width)


class Redrawn(LineWidget):
    """Draws what it knows again as its size or its colours change; below its ``least`` size it draws nothing."""

    least = (1, 1)

    def draw(self, width: int, height: int) -> Sequence[Line]:
        """The lines of the widget in this size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Paint again what is known."""
        width, height = self.size
        if width >= self.least[0] and height >= self.least[1]:
            self.paint(self.draw(width, height))

    def dress(self, palette: Palette, glyphs: Glyphs) -> None:
        """Take colours and characters; everything is drawn anew."""
        super().dress(palette, glyphs)
        self.redraw()

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: FBT001, FBT002
    ) -> bool:
        """Draw in the new size at once: the event that tells of it comes after a frame without the words."""
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if changed:
            self.redraw()
        return changed


class Shown(Redrawn, Generic[T]):
    """A widget that shows one value: ``shown`` is the latest."""

    def __init__(self, shown: T, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.shown = shown

    def show(self, shown: T) -> None:
        """Paint a value."""
        self.shown = shown
        self.redraw()
