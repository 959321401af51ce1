"""Send only the cells that differ from what the terminal shows.

Textual repaints whole dirty regions; over a slow line that is several times what a curses program sends. The diff
keeps a shadow of the terminal's cells and turns an update of regions into the runs that changed. It reads private
parts of Textual: in a version that ``textual_hooks`` does not know, Textual paints itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.console import COLOR_SYSTEMS
from rich.style import Style
from textual.strip import Strip

from .textual_hooks import ChopsUpdate, LayoutUpdate, attribute_bits, is_known

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.segment import Segment

GAP_CELLS = 4  # shorter stretches of unchanged cells are sent again: a cursor movement is no shorter

Cell = tuple[str, Style | None]
UNKNOWN: Cell = ("\0", None)
TAIL: Cell = ("", None)  # the right half of a wide character
PLAIN = Style()
# By the bits of ``attribute_bits``.
_ATTRIBUTE_CODES = "123456789"


class CellDiff:
    """The shadow of a terminal of ``width`` by ``height`` cells."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._cells: list[list[Cell]] = []
        self._known: bool | None = None

    def forget(self) -> None:
        """Nothing is known of the terminal any more; the next updates are sent whole."""
        self._size = (0, 0)

    def encode(self, update: object, width: int, height: int, console: Console) -> str | None:
        """The bytes for an update, or None where Textual's own encoding must be used."""
        if isinstance(update, LayoutUpdate):
            self._whole(update, width, height)
            return None
        if isinstance(update, ChopsUpdate):
            if self._known is None:  # asked here, after the first frame: that is a whole one
                self._known = is_known()
            if not self._known:
                return None
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
        runs: list[Run] = []
        for y, start, stop in update.spans:
            if y >= len(self._cells):
                continue
            ends = update.chop_ends[y]
            for end, (x, strip) in zip(ends, update.chops[y].items(), strict=False):
                if strip is None or x > stop or end <= start:
                    continue
                self._strip(y, x, min(end, stop), strip, runs)
        return _written(runs, self._size[0], console)

    def _strip(self, y: int, x: int, stop: int, strip: Strip, runs: list[Run]) -> None:
        """Add the changed stretches of a strip to the runs, and learn what it shows."""
        row = self._cells[y]
        stop = min(stop, len(row))
        for segment in strip:
            text, style, control = segment
            if control:
                continue
            end = x + cell_len(text)
            if end <= stop and row[x:end] == [(char, style) for char in text]:
                x = end  # nothing new: the common case, at the speed of a comparison
                continue
            for char, cells in _widths(text):
                if x >= stop:
                    return
                if row[x] != (char, style):
                    _add(runs, row, Run(y, x, style, char, x + cells))
                    row[x] = (char, style)
                    for extra in range(1, cells):
                        if x + extra < len(row):
                            row[x + extra] = TAIL
                x += cells


class Run:
    """Characters of one style to be written from a cell on; ``end`` is the cell after them."""

    __slots__ = ("end", "style", "text", "x", "y")

    def __init__(self, y: int, x: int, style: Style | None, text: str, end: int) -> None:
        self.y = y
        self.x = x
        self.style = style
        self.text = text
        self.end = end


def _add(runs: list[Run], row: list[Cell], cell: Run) -> None:
    """Add a changed cell to the last run, if that ends close before it and looks the same; else begin another."""
    last = runs[-1] if runs else None
    near = last is not None and last.y == cell.y and last.end <= cell.x <= last.end + GAP_CELLS
    if last is None or not near or last.style != cell.style:
        runs.append(cell)
        return
    between = row[last.end : cell.x]
    if all(style == cell.style and text.isascii() and text > "\0" for text, style in between):
        last.text += "".join(text for text, _ in between) + cell.text
        last.end = cell.end
    else:
        runs.append(cell)


def _written(runs: list[Run], width: int, console: Console) -> str:
    """The runs as bytes for a terminal: style by style, since colours cost more than movements, then by columns."""
    if not runs:
        return ""
    order: dict[Style | None, int] = {}
    for run in runs:
        order.setdefault(run.style, len(order))
    runs.sort(key=lambda run: (order[run.style], run.x, run.y))
    colours = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
    out: list[str] = []
    style: Style | None = None
    at_y = at_x = -1
    for run in runs:
        out.append(_move(at_y, at_x, run.y, run.x))
        if run.style != style:
            out.append(_sgr(run.style or PLAIN, style or PLAIN, colours))
            style = run.style
        out.append(run.text)
        # After the last column the cursor stands where terminals disagree.
        at_y, at_x = (run.y, run.end) if run.end < width else (-1, -1)
    if style is not None:
        out.append("\x1b[0m")
    return "".join(out)


def _move(from_y: int, from_x: int, y: int, x: int) -> str:
    """The shortest movement of the cursor; from (-1, -1) where it is not known."""
    absolute = f"\x1b[{y + 1};{x + 1}H"
    if from_y < 0 or y < from_y:
        return absolute
    down, right = y - from_y, x - from_x
    steps = "" if not down else "\x1b[B" if down == 1 else f"\x1b[{down}B"
    if right > 0:
        steps += "\x1b[C" if right == 1 else f"\x1b[{right}C"
    elif right < 0:
        steps += "\b" * -right
    return steps if len(steps) < len(absolute) else absolute


def _sgr(new: Style, old: Style, colours: ColorSystem) -> str:
    """The shortest change from the style that is set to the next: colours alone where attributes stay."""
    set_now, set_before = attribute_bits(new), attribute_bits(old)
    if set_before & ~set_now:
        codes = Strip.render_ansi(new, colours)
        return f"\x1b[0;{codes}m" if codes else "\x1b[0m"
    parts = [_ATTRIBUTE_CODES[bit] for bit in range(9) if (set_now & ~set_before) >> bit & 1]
    if new.color != old.color:
        parts += _codes(new.color, colours, foreground=True)
    if new.bgcolor != old.bgcolor:
        parts += _codes(new.bgcolor, colours, foreground=False)
    return f"\x1b[{';'.join(parts)}m" if parts else ""


def _codes(color: Color | None, system: ColorSystem, *, foreground: bool) -> list[str]:
    if color is None:
        return ["39" if foreground else "49"]
    return list(color.downgrade(system).get_ansi_codes(foreground))


def _cells(strip: Iterable[Segment]) -> Iterable[tuple[str, Style | None, int]]:
    for text, style, control in strip:
        if control:
            continue
        for char, cells in _widths(text):
            yield char, style, cells


def _widths(text: str) -> Iterable[tuple[str, int]]:
    """The characters that take cells, with how many."""
    if text.isascii():
        return [(char, 1) for char in text]
    return [(char, cells) for char in text if (cells := cell_len(char))]
