"""The command palette: every action of the table, the themes and the targets, found by typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ....widgets.ink import Ink
from ....widgets.line import Line, cut
from ....widgets.overlay import DIALOG, DIALOG_MUTED, Overlay, boxed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDE, ROWS = 64, 12


class Command(NamedTuple):
    """An entry of the palette."""

    text: str  # what it does; what is typed is looked for in it
    keys: str  # that do the same, as the help writes them; empty: none
    run: Callable[[], object]  # what the entry does


class CommandsBox(Overlay):
    """Typing narrows the list, Enter runs what is selected."""

    takes_text = True

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._typed = ""
        self._at = 0

    def _found(self) -> list[Command]:
        words = self._typed.lower().split()
        return [one for one in self._commands if all(word in one.text.lower() for word in words)]

    def frame(self, width: int, height: int) -> list[Line]:
        """The text that is typed, and what it finds."""
        wide, rows = min(WIDE, width - 2), min(ROWS, height - 6)
        found = self._found()
        self._at = max(0, min(self._at, len(found) - 1))
        first = max(0, min(self._at - rows // 2, len(found) - rows))
        cursor = Ink("strong", "dlg", reverse=True)
        body = [Line(DIALOG).add("> ", DIALOG_MUTED).add(self._typed).add(" ", cursor), Line(DIALOG)]
        for number in range(first, min(first + rows, len(found))):
            text, keys, _ = found[number]
            line = Line(DIALOG).add(self.glyphs.selected if number == self._at else " ", Ink("accent", "dlg"))
            line.add(" " + cut(text, wide - 20, self.glyphs.ellipsis)).pad(wide - 6 - len(keys)).add(keys, DIALOG_MUTED)
            body.append(line)
        if not found:
            body.append(Line(DIALOG).add("  no match", DIALOG_MUTED))
        return boxed("Commands", body, wide, rows + 5, self.glyphs)

    def corner(self, width: int, height: int, wide: int, high: int) -> tuple[int, int]:
        """Below the answer."""
        return max(0, (width - wide) // 2), 3 if height > high + 3 else 0

    def key(self, key: str, character: str | None) -> bool:
        """Type, move, run, close."""
        found = self._found()
        if key in {"up", "down", "pageup", "pagedown"}:
            self._at += {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}[key]
        elif key == "enter":
            if found:
                found[max(0, min(self._at, len(found) - 1))].run()
            return False
        elif key in {"escape", "ctrl+p"}:
            return False
        elif key == "backspace":
            self._typed, self._at = self._typed[:-1], 0
        elif character and character.isprintable():
            self._typed, self._at = self._typed + character, 0
        self.repaint()
        return True
