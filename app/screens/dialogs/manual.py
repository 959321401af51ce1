"""The manual, over the screen: its chapters, and the one that is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.glyphs import ASCII, to_ascii
from ....widgets.ink import Ink
from ....widgets.line import Line
from ....widgets.overlay import DIALOG, DIALOG_STRONG, SCROLL_KEYS, Overlay, boxed, hint_line
from ...manual import chapters, text
from ...manual.render import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE = 90  # cells with the frame: longer lines are hard to read
MARGINS = 6  # cells of frame and blanks beside a line
ROWS_AROUND = 4  # frame, blank line and hints


class ManualBox(Overlay):
    """Enter opens a chapter, Left and Right turn to the next one, Esc goes back to the list and then away."""

    def __init__(self) -> None:
        super().__init__()
        self._chapters = chapters()
        self._at = 0
        self._reading = False
        self._first = 0  # line of the chapter that is on top
        self._page = 1  # lines that are shown at once

    def frame(self, width: int, height: int) -> list[Line]:
        """The list, or a chapter wrapped to the width there is."""
        wide = min(width - 2, WIDE)
        return self._chapter(wide, height - 2) if self._reading else self._list(wide, height - 2)

    def _list(self, wide: int, high: int) -> list[Line]:
        room = high - ROWS_AROUND
        first = max(0, min(self._at - room // 2, len(self._chapters) - room))
        body = []
        for at in range(first, min(first + room, len(self._chapters))):
            on = at == self._at
            line = Line(DIALOG).add(self.glyphs.selected if on else " ", Ink("accent", "dlg"))
            body.append(line.add(f" {self._chapters[at][1]}", DIALOG_STRONG if on else DIALOG))
        hints = [(self.glyphs.enter, "read"), (self.glyphs.up + self.glyphs.down, "choose"), ("Esc", "back")]
        return self._boxed("Manual", body, hints, wide)

    def _chapter(self, wide: int, high: int) -> list[Line]:
        name, title = self._chapters[self._at]
        written = lines(text(name), wide - MARGINS)[2:]  # the title is in the frame
        self._page = high - ROWS_AROUND
        self._first = max(0, min(self._first, len(written) - self._page))
        shown = written[self._first : self._first + self._page]
        if self.glyphs is ASCII:
            shown = [to_ascii(line) for line in shown]
        body = [Line(DIALOG).add(" ").add(line) for line in shown]
        body += [Line(DIALOG)] * (self._page - len(body))
        hints = [("Left Right", "chapters"), ("Esc", "list")]
        more = len(written) - self._first - len(shown)
        if more or self._first:
            hints.insert(0, (self.glyphs.up + self.glyphs.down, f"{more} more line{'' if more == 1 else 's'}"))
        return self._boxed(title, body, hints, wide)

    def _boxed(self, title: str, body: Sequence[Line], hints: Sequence[tuple[str, str]], wide: int) -> list[Line]:
        return boxed(title, [*body, Line(DIALOG), hint_line(hints)], wide, len(body) + ROWS_AROUND, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Choose, read, scroll, go back."""
        if key in {"escape", "q"}:
            if not self._reading:
                return False
            self._reading = False
        elif self._reading:
            self._read(key)
        elif key in {"enter", "right"}:
            self._open(self._at)
        else:
            step = SCROLL_KEYS.get(key, 0)
            self._at = max(0, min(self._at + step, len(self._chapters) - 1))
        self.repaint()
        return True

    def _read(self, key: str) -> None:
        if key in {"left", "right"}:
            self._open((self._at + (1 if key == "right" else -1)) % len(self._chapters))
        elif key in {"pageup", "pagedown", "space"}:
            self._first += -self._page if key == "pageup" else self._page
        else:
            self._first += SCROLL_KEYS.get(key, 0)

    def _open(self, at: int) -> None:
        self._at, self._first, self._reading = at, 0, True
