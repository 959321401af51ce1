"""The widgets that are given lines and tell the toolkit about those that differ from before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .glyphs import UNICODE, Glyphs
from .ink import Ink, Palette
from .line import TEXT, Line, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

T = TypeVar("T")


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
