"""The help: keys from the table of bindings, and the legend of strips, marks and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.ink import SEVERITY_INKS, Ink
from ....widgets.line import Line
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, SCROLL_KEYS, Overlay, boxed
from ...actions import COLUMNS, LOOK, PROBING, PROGRAM, help_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from ....widgets.glyphs import Glyphs
    from ...actions import Action

KEY = Ink("accent", "dlg")
KEY_CELLS = 10
COLUMN_CELLS = 37


def group_lines(group: str, actions: tuple[Action, ...]) -> list[Line]:
    """A group's title and its keys."""
    made = [Line(DIALOG).add(group, DIALOG_STRONG)]
    for keys, text in help_lines(group, actions):
        line = Line(DIALOG).add(keys, KEY).pad(KEY_CELLS)
        made.append(line.add(" " if line.width > KEY_CELLS else "").add(text))
    return made


def columns(actions: tuple[Action, ...], count: int) -> list[Line]:
    """All groups in one, two or three columns."""
    look, rest = group_lines(LOOK, actions), group_lines(COLUMNS, actions)
    probing, program = group_lines(PROBING, actions), group_lines(PROGRAM, actions)
    blank = [Line(DIALOG)]
    if count == 3:
        parts = [look, rest + blank + program, probing]
    elif count == 2:
        parts = [look, rest + blank + probing + blank + program]
    else:
        parts = [look + blank + rest + blank + probing + blank + program]
    made = []
    for row in range(max(len(part) for part in parts)):
        line = Line(DIALOG)
        for at, part in enumerate(parts):
            line.pad(at * COLUMN_CELLS)
            if row < len(part):
                line.append(part[row])
        made.append(line)
    return made


def legend(width: int, glyphs: Glyphs) -> list[Line]:
    """What the signs mean, wrapped to a width."""
    words = [
        ("Strip", [(glyphs.ramp, "strip", "RTT above the hop's best, in steps from 2 to 200 ms")]),
        (
            "",
            [
                (glyphs.lost, "bad", "lost"),
                (glyphs.unanswered, "muted", "unanswered, harmless"),
                *(((glyphs.pending, "muted", "pending"),) if glyphs.pending.strip() else ()),
                (glyphs.change, "change", "path changed"),
                (glyphs.gap, "muted", "not measuring"),
            ],
        ),
        (
            "Marks",
            [
                (glyphs.mark(severity), SEVERITY_INKS[severity], text)
                for severity, text in (
                    ("fault", "fault"),
                    ("warning", "warning"),
                    ("changed", "path changed"),
                    ("note", "note, harmless"),
                    ("fine", "fine"),
                )
            ],
        ),
        (
            "Colour",
            [
                ("yellow, red:", "text", "later hops were slow or lost in the same round."),
                ("Bold host:", "strong", "last probe unanswered"),
            ],
        ),
    ]
    made: list[Line] = []
    for label, signs in words:
        line = Line(DIALOG).add(label, DIALOG_MUTED).pad(9)
        for sign, token, text in signs:
            if line.width > 9 and line.width + len(sign) + len(text) + 4 > width:
                made.append(line)
                line = Line(DIALOG).pad(9)
            line.add("" if line.width == 9 else "   ").add(sign, Ink(token, "dlg")).add(" " + text)
        made.append(line)
    return made


class HelpBox(Overlay):
    """Scrolls; Tab opens the manual; Esc, Enter, Space and the help keys close it; any other key acts after that."""

    def __init__(self, actions: tuple[Action, ...], open_manual: Callable[[], None]) -> None:
        super().__init__()
        self._open_manual = open_manual
        self._actions = actions
        self._first = 0
        self.passes_key = False

    def frame(self, width: int, height: int) -> list[Line]:
        """Three columns from 110 cells, two from 76, else one."""
        count = 3 if width >= 110 else 2 if width >= 76 else 1
        wide = min(width - 2, COLUMN_CELLS * count + 3) if count > 1 else width - 2
        body = [*columns(self._actions, count), Line(DIALOG), *legend(wide - 4, self.glyphs)]
        rows = min(height - 2, len(body) + 4)
        room = rows - 4
        self._first = max(0, min(self._first, len(body) - room))
        more = len(body) - room - self._first
        shown = body[self._first : self._first + room]
        hints = [("Esc", "back"), ("Tab", "manual")]
        if more > 0 or self._first:
            hints.append((self.glyphs.up + self.glyphs.down, f"{max(more, 0)} more{' lines' * (count > 1)}"))
        last = Line(DIALOG)
        for key, does in hints:
            last.add(("    " if count > 1 else "  ") * bool(last.width)).add(key, KEY).add("  " + does, DIALOG_MUTED)
        return boxed("Keys", [*shown, Line(DIALOG), last], wide, rows, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Scroll, or close."""
        if key in SCROLL_KEYS:
            self._first = max(0, self._first + SCROLL_KEYS[key])
            self.repaint()
            return True
        if key == "tab":
            self._open_manual()
            return True
        own = {"escape", "enter", "space"} | {
            name for action in self._actions if action.name == "help" for name in action.keys
        }
        self.passes_key = key not in own
        return False
