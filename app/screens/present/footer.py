"""What the footer offers, from the table of bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.hints import Hint
from ...actions import key_shown

if TYPE_CHECKING:
    from ....widgets.glyphs import Glyphs
    from ...actions import Action

# By width: names of actions, in order.
WIDE = ("help", "mode", "pause", "reset", "verdict", "details", "find", "fields", "compact", "export", "quit")
MIDDLE = ("help", "mode", "pause", "reset", "verdict", "details", "find", "export", "quit")
NARROW = ("help", "mode", "verdict", "details", "export", "quit")
GRAPH_WIDE = ("hops", "keep", "times", "mode", "table", "details", "export", "help", "quit")
GRAPH_NARROW = ("hops", "keep", "times", "table", "help", "quit")
OVERVIEW = ("open", "help", "targets", "worst-first", "filter", "pause", "export", "quit")
OVERVIEW_WIDE = (*OVERVIEW[:5], "add-target", "add-vantage-point", "remove", *OVERVIEW[5:])
MERGED_WIDE = ("help", "hops", "lanes", "details", "as-numbers", "pause", "table", "overview", "export", "quit")
MERGED_NARROW = ("help", "hops", "lanes", "details", "table", "quit")
# Actions that do something else in the overview: their names, and the word.
RENAMED = {"open": ("details", "Open"), "filter": ("find", "Filter")}
# Hints of several keys: the actions they stand for, and the word.
JOINED = {
    "hops": (("hop-up", "hop-down"), "Hop"),
    "times": (("older", "newer"), "Older, newer"),
    "lanes": (("previous-target", "next-target"), "Lane"),
    "targets": (("previous-target", "next-target"), "Target"),
}


def hints(
    actions: tuple[Action, ...], width: int, glyphs: Glyphs, *, view: str, paused: bool, offered: bool = False
) -> list[Hint]:
    """The footer's keys for a width and a view; ``offered``: a verdict offers a check."""
    names: tuple[str, ...]
    if view == "graph":
        names = GRAPH_WIDE if width >= 110 else GRAPH_NARROW
    elif view in {"merged", "both"}:
        names = MERGED_WIDE if width >= 110 else MERGED_NARROW
    elif view == "overview":
        names = OVERVIEW_WIDE if width >= 110 else OVERVIEW
    else:
        names = WIDE if width >= 110 else MIDDLE if width >= 76 else NARROW
    if offered and "verdict" in names:
        at = names.index("verdict") + 1
        names = (*names[:at], "check", *names[at:])
    table = {action.name: action for action in actions if action.keys}
    made = []
    for name in names:
        if name in JOINED:
            parts, word = JOINED[name]
            keys = [_key(table[part], glyphs) for part in parts if part in table]
            joined = "".join(keys) if set(keys) == {glyphs.up, glyphs.down} else " ".join(keys)
            made.append(Hint(joined, word.replace(",", "") if width < 110 else word))
        elif name in RENAMED:
            key, word = RENAMED[name]
            made += [Hint(_key(table[key], glyphs), word)] if key in table else []
        elif name == "pause" and paused and "pause-or-resume" in table:
            made.append(Hint(_key(table["pause-or-resume"], glyphs), "Resume"))
        elif name in table:
            made.append(Hint(_key(table[name], glyphs), table[name].footer, optional=name == "find"))
    return made


def _key(action: Action, glyphs: Glyphs) -> str:
    shown = key_shown(action.keys[0])
    return {"Enter": glyphs.enter, "Up": glyphs.up, "Down": glyphs.down}.get(shown, shown)
