"""The one table of actions: keys, footer, help and command palette are made from it.

Letters act in either case, as in mtr, where no action of its own holds the capital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from textual.binding import Binding

LOOK, COLUMNS, PROBING, PROGRAM = "Look", "Columns and names", "Probing", "Program"


class Action(NamedTuple):
    """What a key does.

    ``name`` is what the configuration file calls it, ``call`` the application's action. ``keys`` are Textual's names,
    ``shown`` how help and footer write them. ``footer`` is its word in the footer (empty: not there). Neighbours of
    one ``family`` share a line of the help, which then says the family's text.
    """

    name: str
    call: str
    keys: tuple[str, ...]
    shown: str
    does: str
    group: str
    footer: str = ""
    family: str = ""


ACTIONS = (
    Action("mode", "mode", ("d",), "d", "next display mode", LOOK, "Mode"),
    Action("table", "view('table')", ("1",), "1", "table", LOOK, "Table", "table, chart, graph, min"),
    Action("chart", "view('chart')", ("2",), "2", "strip chart", LOOK, "", "table, chart, graph, min"),
    Action("graph", "view('graph')", ("3",), "3", "graph of the hop", LOOK, "", "table, chart, graph, min"),
    Action("compact-table", "view('compact')", ("4",), "4", "compact", LOOK, "", "table, chart, graph, min"),
    Action("compact", "compact", ("c",), "c", "compact on, off", LOOK, "Compact"),
    Action("paths", "paths", ("5",), "5", "map of all paths", LOOK),
    Action("overview", "view('overview')", ("0",), "0", "all targets", LOOK, "", "all targets; back, on"),
    Action(
        "previous-target",
        "target(-1)",
        ("left_square_bracket",),
        "[",
        "target before",
        LOOK,
        "",
        "all targets; back, on",
    ),
    Action(
        "next-target",
        "target(1)",
        ("right_square_bracket",),
        "]",
        "next target",
        LOOK,
        "Target",
        "all targets; back, on",
    ),
    Action("verdict", "panel('verdict')", ("v",), "v", "verdict", LOOK, "Why", "verdict, events"),
    Action("events", "panel('events')", ("l",), "l", "log of events", LOOK, "", "verdict, events"),
    Action("jitter", "panel('jitter')", ("g",), "g", "jitter graph", LOOK, "", "jitter graph, distribution"),
    Action(
        "distribution", "panel('distribution')", ("w",), "w", "distribution", LOOK, "", "jitter graph, distribution"
    ),
    Action("next-pane", "next_pane", ("tab",), "Tab", "next pane", LOOK),
    Action("back", "step_back", ("escape",), "Esc", "one step back", LOOK),
    Action("details", "details", ("enter",), "Enter", "details of the hop", LOOK, "Details"),
    Action("keep", "keep", ("k",), "k", "keep hop as second curve", LOOK, "Keep"),
    Action("older", "older(10)", ("comma",), ",", "10 rounds older", LOOK, "Older", "older, newer"),
    Action("newer", "older(-10)", ("full_stop",), ".", "10 rounds newer", LOOK, "Newer", "older, newer"),
    Action("hop-up", "select(-1)", ("up",), "Up", "hop above", LOOK, "Hop", "select a hop"),
    Action("hop-down", "select(1)", ("down",), "Down", "hop below", LOOK, "", "select a hop"),
    Action("page-up", "page(-1)", ("pageup",), "PgUp", "page up", LOOK, "", "page"),
    Action("page-down", "page(1)", ("pagedown",), "PgDn", "page down", LOOK, "", "page"),
    Action("first-hop", "edge(-1)", ("home",), "Home", "first hop", LOOK, "", "first hop, target"),
    Action("last-hop", "edge(1)", ("end",), "End", "target", LOOK, "", "first hop, target"),
    Action("scroll-down", "scroll(5)", ("plus",), "+", "scroll 5 down", LOOK, "", "scroll 5 down, up"),
    Action("scroll-up", "scroll(-5)", ("minus",), "-", "scroll 5 up", LOOK, "", "scroll 5 down, up"),
    Action("columns", "latency_columns", ("j",), "j", "latency or jitter columns", COLUMNS),
    Action("fields", "prompt('fields')", ("o",), "o", "choose columns", COLUMNS, "Columns"),
    Action("names", "names", ("n",), "n", "names or addresses", COLUMNS),
    Action("as-numbers", "networks", ("z",), "z", "AS numbers", COLUMNS),
    Action("as-field", "next_network_field", ("y",), "y", "next AS field", COLUMNS),
    Action("mpls", "mpls", ("e",), "e", "MPLS labels", COLUMNS),
    Action("addresses", "addresses", ("a",), "a", "addresses of hop, or all", COLUMNS),
    Action("this-path", "this_path", ("asterisk",), "*", "this path, or all paths", COLUMNS),
    Action("privacy", "privacy", ("number_sign",), "#", "hide the first hops", COLUMNS),
    Action("find", "prompt('find')", ("slash",), "/", "find a host", COLUMNS, "Find"),
    Action("pause", "pause", ("p", "ctrl+s"), "p Ctrl-S", "pause", PROBING, "Pause"),
    Action("pause-or-resume", "pause_or_resume", ("space",), "Space", "resume (or pause)", PROBING, "Resume", "resume"),
    Action("resume", "resume", ("ctrl+q",), "Ctrl-Q", "resume", PROBING, "", "resume"),
    Action("reset", "reset", ("r",), "r", "reset statistics", PROBING, "Reset"),
    Action("udp", "protocol('udp')", ("u",), "u", "UDP or ICMP", PROBING),
    Action("tcp", "protocol('tcp')", ("t",), "t", "TCP or ICMP", PROBING),
    Action("interval", "prompt('interval')", ("i",), "i", "interval", PROBING),
    Action("size", "prompt('size')", ("s",), "s", "packet size", PROBING),
    Action("type-of-service", "prompt('tos')", ("Q",), "Q", "type of service", PROBING),
    Action("bit-pattern", "prompt('pattern')", ("b",), "b", "bit pattern", PROBING),
    Action("first-ttl", "prompt('first')", ("f",), "f", "first TTL", PROBING, "", "first, last TTL"),
    Action("max-ttl", "prompt('max')", ("m",), "m", "last TTL", PROBING, "", "first, last TTL"),
    Action("check", "check_offered", ("exclamation_mark",), "!", "run the check offered", PROBING),
    Action("export", "export", ("x",), "x", "export", PROGRAM, "Export"),
    Action("copy", "copy_report", ("ctrl+y",), "Ctrl-Y", "copy the text report", PROGRAM),
    Action("commands", "commands", ("ctrl+p",), "Ctrl-P", "all commands, themes", PROGRAM),
    Action("redraw", "redraw", ("ctrl+l",), "Ctrl-L", "redraw", PROGRAM),
    Action("suspend", "suspend_process", ("ctrl+z",), "Ctrl-Z", "suspend", PROGRAM),
    Action("help", "help", ("question_mark", "h", "f1"), "? h F1", "this help", PROGRAM, "Help"),
    Action("quit", "leave", ("q", "ctrl+c"), "q Ctrl-C", "quit", PROGRAM, "Quit"),
)

# What the help says below the line of a family.
MORE = {"jitter graph, distribution": "again: full, then closed"}

# How keys of the configuration file are written in help and footer.
SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "comma": ",",
    "full_stop": ".",
    "plus": "+",
    "minus": "-",
    "number_sign": "#",
    "asterisk": "*",
    "exclamation_mark": "!",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
NAMES = {shown: name for name, shown in SHOWN.items() if len(shown) == 1}


def key_name(text: str) -> str:
    """Textual's name of a key as a user writes it: ``/``, ``Ctrl-Y``, ``F5``, ``Q``."""
    text = text.strip()
    if text in NAMES:
        return NAMES[text]
    if len(text) == 1:
        return text
    lower = text.lower().replace("ctrl-", "ctrl+").replace("shift-", "shift+")
    return {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter"}.get(lower, lower)


def key_shown(name: str) -> str:
    """A key as help and footer write it."""
    if name in SHOWN:
        return SHOWN[name]
    if name.startswith("ctrl+"):
        return f"Ctrl-{name[5:].upper()}"
    return name if len(name) == 1 else name.upper() if name[0] == "f" and name[1:].isdigit() else name.capitalize()


def remapped(keys: Mapping[str, str], actions: tuple[Action, ...] = ACTIONS) -> tuple[Action, ...]:
    """The table with other keys for some actions: ``{"export": "F2, x"}``.

    Raises:
        KeyError: there is no such action.
    """
    unknown = set(keys) - {action.name for action in actions}
    if unknown:
        raise KeyError(min(unknown))
    given = {name: tuple(key_name(key) for key in text.split(",") if key.strip()) for name, text in keys.items()}
    taken = {key for names in given.values() for key in names}
    made = []
    for action in actions:
        mine = given.get(action.name, tuple(key for key in action.keys if key not in taken))
        if mine != action.keys:
            shown = " ".join(key_shown(key) for key in mine)
            made.append(action._replace(keys=mine, shown=shown))
        else:
            made.append(action)
    return tuple(made)


def textual_bindings(actions: tuple[Action, ...] = ACTIONS) -> Iterator[Binding]:
    """The table as Textual wants it; its own Ctrl-Q, which quits, is taken."""
    from textual.binding import Binding

    taken = {key for action in actions for key in action.keys}
    for action in actions:
        keys = list(action.keys)
        keys += [key.upper() for key in keys if len(key) == 1 and key.isalpha() and key.upper() not in taken]
        for key in keys:
            yield Binding(key, action.call, action.does, show=False, priority=True)


def help_lines(group: str, actions: tuple[Action, ...] = ACTIONS) -> list[tuple[str, str]]:
    """Keys and text of a group's lines in the help; a family is one line."""
    made: list[tuple[str, str, str]] = []
    for action in actions:
        if action.group != group or not action.shown:
            continue
        if made and action.family and made[-1][2] == action.family:
            keys = made[-1][0] + " " + action.shown
            made[-1] = (keys, action.family, action.family)
        else:
            made.append((action.shown, action.does, action.family))
    lines: list[tuple[str, str]] = []
    for keys, text, family in made:
        lines.append((keys, text))
        if family in MORE:
            lines.append(("", MORE[family]))
    return lines
