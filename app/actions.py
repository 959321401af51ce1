"""The one table of actions: bindings, footer, help, palette, prompts and the manual's keys are made from it.

Letters act in either case, as in mtr, where no action of its own holds the capital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

# Groups of the help.
LOOK, COLUMNS, PROBING, PROGRAM = "Look", "Columns and names", "Probing", "Program"
# Families: what the help says in one line for several keys.
VIEWS = "table chart graph compact"  # the views, by name
PATHS = "map of paths; merged path"
TARGETS = "all; previous, next target"
PICTURES = "RTT graph, distribution"
ROUNDS = "rounds older, newer"
EVENTS, SPEED = "previous, next event", "replay slower, faster"


class Action(NamedTuple):
    """What a key does."""

    name: str  # in the configuration file
    call: str  # the application's action
    keys: tuple[str, ...]  # Textual's names
    does: str  # in help, palette and manual
    group: str  # of the help
    footer: str = ""  # its word in the footer, empty: not there
    family: str = ""  # neighbours of one family share a line of the help, which says this

    @property
    def shown(self) -> str:
        """The keys as help and palette write them: ``p Ctrl-S``; empty where it has none."""
        return " ".join(key_shown(key) for key in self.keys)


# A table is read by its rows, so the formatter leaves it alone.
# fmt: off
ACTIONS = (
    Action("mode", "mode", ("d",), "next display mode", LOOK, footer="Mode"),
    Action("table", "view('table')", ("1",), "table", LOOK, footer="Table", family=VIEWS),
    Action("chart", "view('chart')", ("2",), "strip chart", LOOK, family=VIEWS),
    Action("graph", "view('graph')", ("3",), "graph of the hop", LOOK, family=VIEWS),
    Action("compact-table", "view('compact')", ("4",), "compact", LOOK, family=VIEWS),
    Action("compact", "compact", ("c",), "compact on, off", LOOK, footer="Compact"),
    Action("paths", "paths", ("5",), "map of all paths", LOOK, family=PATHS),
    Action("merged-path", "view('merged')", ("6",), "merged path of all lanes", LOOK, family=PATHS),
    Action("overview", "view('overview')", ("0",), "all targets", LOOK, footer="All", family=TARGETS),
    Action("previous-target", "target(-1)", ("left_square_bracket",), "previous target", LOOK, family=TARGETS),
    Action("next-target", "target(1)", ("right_square_bracket",), "next target", LOOK, footer="Target", family=TARGETS),
    Action("worst-first", "worst_first", ("equals_sign",), "all targets, worst first", LOOK, footer="Worst first"),
    Action("verdict", "panel('verdict')", ("v",), "verdict", LOOK, footer="Why", family="verdict, events"),
    Action("events", "panel('events')", ("l",), "log of events", LOOK, family="verdict, events"),
    Action("rtt", "panel('rtt')", ("g",), "RTT graph", LOOK, family=PICTURES),
    Action("distribution", "panel('distribution')", ("w",), "distribution", LOOK, family=PICTURES),
    Action("next-pane", "next_pane", ("tab",), "next pane", LOOK),
    Action("back", "step_back", ("escape",), "one step back", LOOK),
    Action("details", "details", ("enter",), "details of the hop", LOOK, footer="Details"),
    Action("keep", "keep", ("k",), "keep hop as second curve", LOOK, footer="Keep"),
    Action("older", "rounds(-1)", ("comma",), "10 rounds older, 1 looking back", LOOK, footer="Older", family=ROUNDS),
    Action("newer", "rounds(1)", ("full_stop",), "a round newer, looking back", LOOK, footer="Newer", family=ROUNDS),
    Action("earlier", "seconds(-10)", ("left",), "10 s older", LOOK, footer="Earlier"),
    Action("later", "seconds(10)", ("right",), "10 s newer", LOOK, footer="Later"),
    Action("previous-event", "event(-1)", ("left_parenthesis",), "previous event", LOOK, family=EVENTS),
    Action("next-event", "event(1)", ("right_parenthesis",), "next event", LOOK, family=EVENTS),
    Action("slower", "speed(-1)", ("left_curly_bracket",), "replay slower", LOOK, family=SPEED),
    Action("faster", "speed(1)", ("right_curly_bracket",), "replay faster", LOOK, family=SPEED),
    Action("go-to-time", "prompt('moment')", ("at",), "go to a time", LOOK, footer="Go to time"),
    Action("to-start", "to_edge(-1)", (), "to the oldest moment", LOOK),
    Action("to-end", "to_edge(1)", (), "to the present, or the end", LOOK),
    Action("zoom-out", "zoom(1)", ("less_than_sign",), "more time a cell", LOOK, family="strip: more, less time"),
    Action("zoom-in", "zoom(-1)", ("greater_than_sign",), "less time a cell", LOOK, family="strip: more, less time"),
    Action("hop-up", "select(-1)", ("up",), "hop above", LOOK, footer="Hop", family="select a hop"),
    Action("hop-down", "select(1)", ("down",), "hop below", LOOK, family="select a hop"),
    Action("page-up", "page(-1)", ("pageup",), "page up", LOOK, family="page"),
    Action("page-down", "page(1)", ("pagedown",), "page down", LOOK, family="page"),
    Action("first-hop", "edge(-1)", ("home",), "first hop", LOOK, family="first hop, target"),
    Action("last-hop", "edge(1)", ("end",), "target", LOOK, family="first hop, target"),
    Action("scroll-down", "scroll(5)", ("plus",), "scroll 5 down", LOOK, family="scroll 5 down, up"),
    Action("scroll-up", "scroll(-5)", ("minus",), "scroll 5 up", LOOK, family="scroll 5 down, up"),
    Action("columns", "latency_columns", ("j",), "latency or jitter columns", COLUMNS),
    Action("fields", "prompt('fields')", ("o",), "choose columns", COLUMNS, footer="Columns"),
    Action("names", "names", ("n",), "names or addresses", COLUMNS),
    Action("as-numbers", "networks", ("z",), "AS numbers", COLUMNS, footer="AS"),
    Action("as-field", "next_network_field", ("y",), "next AS field", COLUMNS),
    Action("mpls", "mpls", ("e",), "MPLS labels", COLUMNS),
    Action("addresses", "addresses", ("a",), "addresses of hop, or all", COLUMNS),
    Action("this-path", "this_path", ("asterisk",), "this path, or all paths", COLUMNS),
    Action("privacy", "privacy", ("number_sign",), "hide the first hops", COLUMNS),
    Action("find", "prompt('find')", ("slash",), "find a host, or filter", COLUMNS, footer="Find"),
    Action("pause", "pause", ("p", "ctrl+s"), "pause", PROBING, footer="Pause"),
    Action("pause-or-resume", "pause_or_resume", ("space",), "resume (or pause), play", PROBING, "Resume", "resume"),
    Action("resume", "resume", ("ctrl+q",), "resume", PROBING, family="resume"),
    Action("reset", "reset", ("r",), "reset statistics", PROBING, footer="Reset"),
    Action("udp", "protocol('udp')", ("u",), "UDP or ICMP", PROBING),
    Action("tcp", "protocol('tcp')", ("t",), "TCP or ICMP", PROBING),
    Action("interval", "prompt('interval')", ("i",), "interval", PROBING),
    Action("size", "prompt('size')", ("s",), "packet size", PROBING),
    Action("type-of-service", "prompt('tos')", ("Q",), "type of service", PROBING),
    Action("bit-pattern", "prompt('pattern')", ("b",), "bit pattern", PROBING),
    Action("first-ttl", "prompt('first')", ("f",), "first TTL", PROBING, family="first, max TTL"),
    Action("max-ttl", "prompt('max')", ("m",), "max TTL", PROBING, family="first, max TTL"),
    Action("add-target", "add('target')", ("insert",), "add a target", PROBING, footer="Add"),
    Action("add-vantage-point", "add('where')", ("V",), "add a vantage point", PROBING, footer="Vantage point"),
    Action("add-lane", "add('lane')", (), "add a lane by protocol", PROBING),
    Action("remove", "remove", ("delete",), "remove a target or lane", PROBING, footer="Remove"),
    Action("check", "check_offered", ("exclamation_mark",), "run the offered check", PROBING, footer="Check"),
    Action("record", "record", ("ampersand",), "record on, off", PROGRAM, footer="Record"),
    Action("export", "export", ("x",), "export", PROGRAM, footer="Export"),
    Action("ticket", "prompt('ticket')", ("backslash",), "ticket, with a note", PROGRAM),
    Action("copy", "copy_report", ("ctrl+y",), "copy the text report", PROGRAM),
    Action("commands", "commands", ("ctrl+p",), "all commands, themes", PROGRAM),
    Action("redraw", "redraw", ("ctrl+l",), "redraw", PROGRAM),
    Action("suspend", "suspend_process", ("ctrl+z",), "suspend", PROGRAM),
    Action("help", "help", ("question_mark", "h", "f1"), "this help", PROGRAM, footer="Help"),
    Action("manual", "manual", (), "manual", PROGRAM),
    Action("quit", "leave", ("q", "ctrl+c"), "quit", PROGRAM, footer="Quit"),
)
# fmt: on

# What the help says in the place of a key: the list of all commands has it.
KEYLESS = "none"
# What the help says below the line of a family.
MORE = {PICTURES: "again: full, then closed"}

# How keys of the configuration file are written in help and footer.
SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "backslash": "\\",
    "comma": ",",
    "full_stop": ".",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "number_sign": "#",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "asterisk": "*",
    "ampersand": "&",
    "exclamation_mark": "!",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "at": "@",
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
# Keys that are no characters, by the names of Textual; Ctrl, Shift and Alt may stand before each of them.
KEYS = frozenset(
    {*SHOWN, "up", "down", "left", "right", "home", "end", "insert", "delete", "backspace"}
    | {f"f{number}" for number in range(1, 25)}
)


def first_key(name: str, actions: Iterable[Action] = ACTIONS) -> str:
    """The key of an action as a sentence writes it; empty where it has none."""
    return next((key_shown(action.keys[0]) for action in actions if action.name == name and action.keys), "")


def key_name(text: str) -> str:
    """Textual's name of a key as a user writes it: ``/``, ``Ctrl-Y``, ``F5``, ``Q``."""
    text = text.strip()
    if text in NAMES:
        return NAMES[text]
    if len(text) == 1:
        return text
    lower = text.lower().replace("ctrl-", "ctrl+").replace("shift-", "shift+")
    return {"esc": "escape", "pgup": "pageup", "pgdn": "pagedown", "return": "enter"}.get(lower, lower)


def is_key(text: str) -> bool:
    """Whether a text names a key."""
    *before, name = key_name(text).split("+") if len(text.strip()) > 1 else ("", key_name(text))
    return (len(name) == 1 or name in KEYS) and {*before} <= {"", "ctrl", "shift", "alt"}


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
        made.append(action._replace(keys=mine))
    return tuple(made)


def keys_of(action: Action, taken: Container[str]) -> list[str]:
    """The keys of an action: letters in either case, where no other action has ``taken`` the capital."""
    keys = list(action.keys)
    return keys + [key.upper() for key in keys if len(key) == 1 and key.isalpha() and key.upper() not in taken]


def help_lines(group: str, actions: tuple[Action, ...] = ACTIONS) -> list[tuple[str, str]]:
    """Keys and text of a group's lines in the help; a family is one line, and what has no key is there too."""
    made: list[tuple[str, str, str]] = []
    for action in actions:
        if action.group != group:
            continue
        if made and action.family and made[-1][2] == action.family:
            keys = " ".join(key for key in (made[-1][0], action.shown) if key)
            made[-1] = (keys, action.family, action.family)
        else:
            made.append((action.shown, action.does, action.family))
    lines: list[tuple[str, str]] = []
    for keys, text, family in made:
        lines.append((keys or KEYLESS, text))
        if family in MORE:
            lines.append(("", MORE[family]))
    return lines
