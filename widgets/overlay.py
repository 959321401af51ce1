"""What lies over the screen: boxes with a title, a toast, and the contract by which they take keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ink import Ink
from .line import Line, cut
from .line_widget import LineWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

DIALOG = Ink("text", "dlg")
DIALOG_MUTED = Ink("muted", "dlg")
DIALOG_STRONG = Ink("strong", "dlg", bold=True)
FRAME = Ink("accent", "dlg")
# By how many lines the keys of a box scroll; the ends are farther than any box is long.
SCROLL_KEYS = {
    "down": 1,
    "up": -1,
    "pagedown": 10,
    "pageup": -10,
    "plus": 5,
    "minus": -5,
    "home": -100_000,
    "end": 100_000,
}


class Overlay(LineWidget):
    """A box over the screen. While it is open it is given every key; ``frame`` asks it for its lines."""

    DEFAULT_CSS = """
    Overlay { layer: dialog; position: absolute; width: auto; height: auto; }
    """

    takes_text = False  # whether what is pasted is for it

    def __init__(self) -> None:
        super().__init__()
        self.ground = DIALOG

    def frame(self, width: int, height: int) -> list[Line]:
        """The lines of the box in a screen of this size; all as wide as the first."""
        raise NotImplementedError

    def key(self, key: str, character: str | None) -> bool:
        """Take a key; whether the box is to stay open."""
        raise NotImplementedError

    def place(self, width: int, height: int) -> None:
        """Size the box to its lines, in the middle of the screen, and paint it."""
        lines = self.frame(width, height)
        wide = lines[0].width if lines else 0
        self.styles.width = wide
        self.styles.height = len(lines)
        self.styles.offset = self.corner(width, height, wide, len(lines))
        self.paint_exact(lines)

    def corner(self, width: int, height: int, wide: int, high: int) -> tuple[int, int]:
        """Where the box goes: column and row of its first cell."""
        return max(0, (width - wide) // 2), max(0, (height - high) // 2)

    def paint_exact(self, lines: Sequence[Line]) -> None:
        """Paint lines that are as wide as the widget is about to be."""
        self._lines = [line.runs for line in lines]
        self._fitted = 0
        self.refresh()

    def repaint(self) -> None:
        """Make and paint the lines anew, in the screen as it is."""
        self.place(*self.app.size)


def boxed(title: str, body: Sequence[Line], width: int, height: int, glyphs: Glyphs) -> list[Line]:
    """A frame of ``width`` by ``height`` with a title in its upper rule; the body begins in its second cell."""
    left_top, right_top, left_bottom, right_bottom, rule, bar = tuple(glyphs.box)
    top = Line(DIALOG).add(left_top + rule, FRAME)
    top.add(f" {cut(title, width - 6, glyphs.ellipsis)} ", DIALOG_STRONG)
    made = [top.pad(width - 1, FRAME, rule).add(right_top, FRAME)]
    for row in range(height - 2):
        line = Line(DIALOG).add(bar, FRAME).add(" ")
        if row < len(body):
            line.append(body[row].on("dlg").fit(width - 4))
        made.append(line.fit(width - 1).add(bar, FRAME))
    bottom = Line(DIALOG).add(left_bottom + rule * (width - 2) + right_bottom, FRAME)
    return [*made, bottom]


def hint_line(hints: Sequence[tuple[str, str]]) -> Line:
    """Keys and what they do, as the last line of a box."""
    line = Line(DIALOG)
    for key, text in hints:
        line.add("    " if line.width else "").add(key, Ink("text", "dlg")).add("  " + text, DIALOG_MUTED)
    return line


class Toast(Overlay):
    """One line, bottom right above the footer."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._severity = ""

    def say(self, text: str, severity: str) -> None:
        """Show a text; its severity colours the mark before it."""
        self._text, self._severity = text, severity
        self.repaint()

    def frame(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line."""
        from .ink import SEVERITY_INKS

        line = Line(DIALOG).add(" ")
        if self._severity:
            line.add(self.glyphs.mark(self._severity) + " ", Ink(SEVERITY_INKS[self._severity], "dlg"))
        return [line.add(cut(self._text, max(4, width - 7), self.glyphs.ellipsis)).add(" ")]

    def corner(self, width: int, height: int, wide: int, high: int) -> tuple[int, int]:
        """Above the footer, at the right."""
        return max(0, width - wide - 1), max(0, height - high - 1)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """A toast takes no keys."""
        return True
