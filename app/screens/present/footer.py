"""What the footer offers, from the table of bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets.hints import Hint
from ...actions import key_shown

if TYPE_CHECKING:
    from ....widgets.glyphs import Glyphs
    from ...actions import Action
    from .time_line import Moment

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
# While another moment than the present is looked at.
BACK_WIDE = ("play", "rounds", "seconds", "event", "go-to-time", "speeds", "back", "help", "quit")
BACK_MIDDLE = ("play", "rounds", "seconds", "event", "go-to-time", "back", "help", "quit")
BACK_NARROW = ("play", "rounds", "event", "back", "help", "quit")
# Hints of several keys: the actions they stand for, and the word.
JOINED = {
    "hops": (("hop-up", "hop-down"), "Hop"),
    "times": (("older", "newer"), "Older, newer"),
    "rounds": (("older", "newer"), "Round"),
    "seconds": (("earlier", "later"), "10 s"),
    "event": (("previous-event", "next-event"), "Event"),
    "speeds": (("slower", "faster"), "Speed"),
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
            made.append(_joined(name, table, width, glyphs))
        elif name in RENAMED:
            key, word = RENAMED[name]
            made += [Hint(_key(table[key], glyphs), word)] if key in table else []
        elif name == "pause" and paused and "pause-or-resume" in table:
            made.append(Hint(_key(table["pause-or-resume"], glyphs), "Resume"))
        elif name in table:
            made.append(Hint(_key(table[name], glyphs), table[name].footer, optional=name == "find"))
    return made


def back_hints(actions: tuple[Action, ...], width: int, glyphs: Glyphs, moment: Moment) -> list[Hint]:
    """The footer's keys while another moment than the present is looked at."""
    names = BACK_WIDE if width >= 110 else BACK_MIDDLE if width >= 76 else BACK_NARROW
    table = {action.name: action for action in actions if action.keys}
    made = []
    for name in names:
        if name in JOINED:
            made.append(_joined(name, table, width, glyphs))
        elif name == "play" and "pause-or-resume" in table:
            made.append(Hint(_key(table["pause-or-resume"], glyphs), "Pause" if moment.is_playing else "Play"))
        elif name == "back":
            if not moment.is_replay and name in table:
                made.append(Hint(_key(table[name], glyphs), "Present"))
        elif name in table:
            made.append(Hint(_key(table[name], glyphs), table[name].footer))
    return made


def _joined(name: str, table: dict[str, Action], width: int, glyphs: Glyphs) -> Hint:
    parts, word = JOINED[name]
    keys = [_key(table[part], glyphs) for part in parts if part in table]
    joined = "".join(keys) if set(keys) == {glyphs.up, glyphs.down} else " ".join(keys)
    return Hint(joined, word.replace(",", "") if width < 110 else word)


def _key(action: Action, glyphs: Glyphs) -> str:
    shown = key_shown(action.keys[0])
    glyph = {"Enter": "enter", "Up": "up", "Down": "down", "Left": "left", "Right": "right"}.get(shown)
    return getattr(glyphs, glyph) if glyph is not None else shown
