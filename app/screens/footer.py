"""What the footer offers, from the table of bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...widgets.bars import Hint
from .bindings import ACTIONS

if TYPE_CHECKING:
    from ...widgets.glyphs import Glyphs

# By width: names of actions, in order. What is not (yet) in the table is left out.
WIDE = ("help", "mode", "pause", "reset", "panel('verdict')", "details", "find", "fields", "compact", "export", "leave")
MIDDLE = ("help", "mode", "pause", "reset", "panel('verdict')", "details", "find", "export", "leave")
NARROW = ("help", "mode", "panel('verdict')", "details", "export", "leave")


def hints(width: int, glyphs: Glyphs, *, paused: bool) -> list[Hint]:
    """The footer's keys for a width."""
    names = WIDE if width >= 110 else MIDDLE if width >= 76 else NARROW
    table = {action.name: action for action in ACTIONS}
    made = []
    for name in names:
        action = table.get(name)
        if action is None:
            continue
        if name == "pause" and paused:
            made.append(Hint("Space", "Resume"))
            continue
        key = action.shown.split()[0]
        made.append(Hint(glyphs.enter if key == "Enter" else key, action.footer, optional=name == "find"))
    return made
