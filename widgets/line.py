"""Lines of a screen as runs of text and ink; no toolkit is needed to write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from .ink import Ink

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def printable(text: str) -> str:
    """The text with nothing that a terminal obeys or that has no width: all blanks are spaces, the rest is ``?``.

    Whoever hands in names has seen to that; a screen is no place to rely on it.
    """
    return "".join(character if character.isprintable() else " " if character.isspace() else "?" for character in text)


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
            if not text.isprintable():
                text = printable(text)
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


def cut_lane(name: str, width: int, ellipsis: str) -> str:
    """The name of a lane in so many cells: its target is cut, not what it is traced by, which tells lanes apart."""
    target, by, kind = name.rpartition(" by ")
    room = width - width_of(f"{by}{kind}")
    if width_of(name) <= width or not by:
        return cut(name, width, ellipsis)
    return f"{cut(target, room, ellipsis)}{by}{kind}" if room >= 4 else cut(kind, width, ellipsis)
