"""Send only the cells that differ from what the terminal shows.

Textual repaints whole dirty regions; over a slow line that is several times what a curses program sends. The diff
keeps a shadow of the terminal's cells and turns an update of regions into the runs that changed. It overrides a
private hook, so it stands behind a guard on Textual's version and falls back to Textual's own painting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.style import Style
from textual import __version__
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.segment import Segment

SUPPORTED_VERSION = "8.2.8"
GAP_CELLS = 4  # shorter stretches of unchanged cells are sent again: a cursor movement is no shorter

Cell = tuple[str, Style | None]
UNKNOWN: Cell = ("\0", None)
TAIL: Cell = ("", None)  # the right half of a wide character
PLAIN = Style()
# Bold, dim, italic, underline, blink, blink2, reverse, conceal, strike: the bits of a rich style.
_ATTRIBUTE_CODES = "123456789"


def usable() -> bool:
    """Whether this Textual is the one that the diff was written against."""
    return __version__ == SUPPORTED_VERSION


class CellDiff:
    """The shadow of a terminal of ``width`` by ``height`` cells."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._cells: list[list[Cell]] = []

    def forget(self) -> None:
        """Nothing is known of the terminal any more; the next updates are sent whole."""
        self._size = (0, 0)

    def encode(self, update: object, width: int, height: int, console: Console) -> str | None:
        """The bytes for an update, or None where Textual's own encoding must be used."""
        if isinstance(update, LayoutUpdate):
            self._whole(update, width, height)
            return None
        if isinstance(update, ChopsUpdate):
            if self._size != (width, height):
                self._reset(width, height)
            return self._parts(update, console)
        self.forget()
        return None

    def _reset(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._cells = [[UNKNOWN] * width for _ in range(height)]

    def _whole(self, update: LayoutUpdate, width: int, height: int) -> None:
        """Learn what Textual paints; it paints it itself."""
        if self._size != (width, height):
            self._reset(width, height)
        for y, line in enumerate(update.strips, update.region.y):
            if y < height:
                x = update.region.x
                for strip in line:
                    x = self._learn(y, x, strip)

    def _learn(self, y: int, x: int, strip: Iterable[Segment]) -> int:
        row = self._cells[y]
        for char, style, cells in _cells(strip):
            if x < len(row):
                row[x] = (char, style)
            for extra in range(1, cells):
                if x + extra < len(row):
                    row[x + extra] = TAIL
            x += cells
        return x

    def _parts(self, update: ChopsUpdate, console: Console) -> str:
        out: list[str] = []
        writer = _Writer(out, console)
        for y, start, stop in update.spans:
            if y >= len(self._cells):
                continue
            ends = update.chop_ends[y]
            for end, (x, strip) in zip(ends, update.chops[y].items(), strict=False):
                if strip is None or x > stop or end <= start:
                    continue
                self._strip(y, x, min(end, stop), strip, writer)
        writer.close()
        return "".join(out)

    def _strip(self, y: int, x: int, stop: int, strip: Strip, writer: _Writer) -> None:
        row = self._cells[y]
        for char, style, cells in _cells(strip):
            if x >= stop or x >= len(row):
                break
            fresh = (char, style)
            if row[x] != fresh:
                writer.put(y, x, char, style, cells, row)
                row[x] = fresh
                for extra in range(1, cells):
                    if x + extra < len(row):
                        row[x + extra] = TAIL
            x += cells


class _Writer:
    """Moves the cursor, sets the style, writes characters: each only where needed."""

    def __init__(self, out: list[str], console: Console) -> None:
        self._out = out
        # Strip.render reads it the same way.
        self._colours = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001
        self._y = -1
        self._x = -1
        self._style: Style | None = None

    def put(  # noqa: PLR0917 - a cell is what it is
        self, y: int, x: int, char: str, style: Style | None, cells: int, row: list[Cell]
    ) -> None:
        if y != self._y or x != self._x:
            gap = x - self._x
            if y == self._y and 0 < gap <= GAP_CELLS and self._plain(row[self._x : x]):
                self._out.append("".join(cell[0] for cell in row[self._x : x]))
            elif y == self._y and gap > 0:
                self._out.append(f"\x1b[{gap}C")
            else:
                self._out.append(f"\x1b[{y + 1};{x + 1}H")
        if style is not self._style and style != self._style:
            self._out.append(self._sgr(style))
            self._style = style
        self._out.append(char)
        self._y, self._x = y, x + cells

    def close(self) -> None:
        if self._style is not None:
            self._out.append("\x1b[0m")

    def _plain(self, cells: list[Cell]) -> bool:
        return all(style == self._style and char.isascii() and char > "\0" for char, style in cells)

    def _sgr(self, style: Style | None) -> str:
        """The shortest way from the style that is set to the next: colours alone where attributes stay."""
        new, old = style or PLAIN, self._style or PLAIN
        set_now, set_before = _attributes(new), _attributes(old)
        if set_before & ~set_now:
            codes = Strip.render_ansi(new, self._colours)
            return f"\x1b[0;{codes}m" if codes else "\x1b[0m"
        parts = [_ATTRIBUTE_CODES[bit] for bit in range(9) if (set_now & ~set_before) >> bit & 1]
        if new.color != old.color:
            parts += _codes(new.color, self._colours, foreground=True)
        if new.bgcolor != old.bgcolor:
            parts += _codes(new.bgcolor, self._colours, foreground=False)
        return f"\x1b[{';'.join(parts)}m" if parts else ""


def _attributes(style: Style) -> int:
    return style._attributes & style._set_attributes  # noqa: SLF001 - Strip.render_ansi reads them the same way


def _codes(color: Color | None, system: ColorSystem, *, foreground: bool) -> list[str]:
    if color is None:
        return ["39" if foreground else "49"]
    return list(color.downgrade(system).get_ansi_codes(foreground))


def _cells(strip: Iterable[Segment]) -> Iterable[tuple[str, Style | None, int]]:
    for text, style, control in strip:
        if control:
            continue
        if text.isascii():
            for char in text:
                yield char, style, 1
            continue
        for char in text:
            cells = cell_len(char)
            if cells:
                yield char, style, cells
