"""What the terminal can show."""

from __future__ import annotations

import os

from ..options.terminal import DUMB_TERMINALS
from ..screens.row_heights import MIN_HEIGHT, MIN_WIDTH
from ..screens.terminal import capabilities
from .finding import Finding, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

COLOURS = {"rgb": "24-bit colour", "ansi": "16 colours", "none": "no colours"}
REPORT = "a report is written instead of the screen"


def terminal(environ: Mapping[str, str]) -> Finding:
    """The terminal of this process."""
    term = environ.get("TERM", "")
    try:
        is_terminal = os.isatty(1)
    except OSError:
        is_terminal = False
    if not is_terminal:
        return _finding(Status.NOTE, f"standard output is not a terminal: {REPORT}")
    if term in DUMB_TERMINALS:
        return _finding(Status.NOTE, f"TERM is {term or 'not set'!r}: {REPORT}", "set TERM, such as xterm-256color")
    return judged(term, capabilities.look(environ), capabilities.size(), environ)


def judged(term: str, seen: capabilities.Terminal, size: tuple[int, int], environ: Mapping[str, str]) -> Finding:
    """What is said of a terminal that can show the screen."""
    columns, rows = size
    parts = [term, COLOURS[seen.colours], "ASCII alone" if seen.ascii_only else "UTF-8", f"{columns}x{rows}"]
    if seen.remote:
        parts.append("over SSH")
    text = ", ".join(parts)
    if columns < MIN_WIDTH or rows < MIN_HEIGHT:
        return _finding(Status.NOTE, text, f"too small: the screen needs {MIN_WIDTH}x{MIN_HEIGHT}")
    if seen.colours == "none":
        why = "unset NO_COLOR" if environ.get("NO_COLOR") else "set TERM, such as xterm-256color,"
        return _finding(Status.NOTE, text, f"{why} for colours")
    if seen.ascii_only:
        why = (
            "the console's font lacks the other signs"
            if term == "linux"
            else "a UTF-8 locale (LC_ALL, LC_CTYPE, LANG) gives all signs"
        )
        return _finding(Status.NOTE, text, why)
    return _finding(Status.OK, text)


def _finding(status: Status, text: str, remedy: str = "") -> Finding:
    return Finding("terminal", "terminal", status, text, remedy)
