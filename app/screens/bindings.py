"""The one table of actions: keys, footer, help and command palette are made from it.

Letters act in either case, as in mtr, where no action of its own holds the capital.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.binding import Binding

GROUPS = ("Look", "Columns and names", "Probing", "Program")


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does.

    ``name`` is the action (``action_NAME`` of the application) and the key's name in the configuration file. ``keys``
    are Textual's names. ``shown`` is how help and footer write the keys; ``footer`` the word in the footer (empty: not
    there). Actions with the same ``joined`` text share one line of the help.
    """

    name: str
    keys: tuple[str, ...]
    shown: str
    does: str
    group: str
    footer: str = ""
    capital: bool = False  # the capital letter alone


ACTIONS = (
    Action("mode", ("d",), "d", "next display mode", "Look", "Mode"),
    Action("view('table')", ("1",), "1", "table", "Look", "Table"),
    Action("view('chart')", ("2",), "2", "strip chart", "Look"),
    Action("view('graph')", ("3",), "3", "graph of the hop", "Look"),
    Action("view('compact')", ("4",), "4", "compact table", "Look"),
    Action("compact", ("c",), "c", "compact on, off", "Look", "Compact"),
    Action("panel('verdict')", ("v",), "v", "verdict", "Look", "Why"),
    Action("panel('events')", ("l",), "l", "events", "Look"),
    Action("panel('jitter')", ("g",), "g", "jitter graph", "Look"),
    Action("panel('distribution')", ("w",), "w", "distribution", "Look"),
    Action("step_back", ("escape",), "Esc", "one step back", "Look"),
    Action("select(-1)", ("up",), "Up", "hop above", "Look"),
    Action("select(1)", ("down",), "Down", "hop below", "Look"),
    Action("page(-1)", ("pageup",), "PgUp", "page up", "Look"),
    Action("page(1)", ("pagedown",), "PgDn", "page down", "Look"),
    Action("edge(-1)", ("home",), "Home", "first hop", "Look"),
    Action("edge(1)", ("end",), "End", "target", "Look"),
    Action("scroll(5)", ("plus", "equals_sign"), "+", "scroll 5 down", "Look"),
    Action("scroll(-5)", ("minus",), "-", "scroll 5 up", "Look"),
    Action("names", ("n",), "n", "names or addresses", "Columns and names"),
    Action("pause", ("p", "ctrl+s"), "p Ctrl-S", "pause", "Probing", "Pause"),
    Action("pause_or_resume", ("space",), "Space", "pause, resume", "Probing"),
    Action("resume", ("ctrl+q",), "Ctrl-Q", "resume", "Probing"),
    Action("reset", ("r",), "r", "reset statistics", "Probing", "Reset"),
    Action("redraw", ("ctrl+l",), "Ctrl-L", "redraw", "Program"),
    Action("suspend_process", ("ctrl+z",), "Ctrl-Z", "suspend", "Program"),
    Action("leave", ("q", "ctrl+c"), "q Ctrl-C", "quit", "Program", "Quit"),
)


def textual_bindings(actions: tuple[Action, ...] = ACTIONS) -> Iterator[Binding]:
    """The table as Textual wants it; its own Ctrl-Q, which quits, is taken."""
    from textual.binding import Binding

    taken = {key for action in actions for key in action.keys}
    for action in actions:
        keys = list(action.keys)
        keys += [key.upper() for key in keys if len(key) == 1 and key.isalpha() and key.upper() not in taken]
        yield Binding(",".join(keys), action.name, action.does, show=False, priority=True, id=action.name)


def action(name: str) -> Action:
    """The action of a name.

    Raises:
        KeyError: there is none.
    """
    for one in ACTIONS:
        if one.name == name:
            return one
    raise KeyError(name)
