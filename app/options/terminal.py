"""Screen or report: what the terminal allows where the user did not say."""

from __future__ import annotations

import dataclasses
import os
import sys

from .. import defaults
from ..errors import UsageError
from ..process.streams import say
from ..report.formats import FORMATS
from .guard import COMMAND_LINE
from .model import TEXT, Options

DUMB_TERMINALS = ("", "dumb", "unknown")


def settle_output(options: Options, program: str = "hopscope") -> Options:
    """The options with an output, and with an end but for what people look at as it goes on.

    ``program`` is what messages call us.

    Raises:
        UsageError: the screen was asked for by name, and there is no terminal for it; or the command line asks for an
            explanation below an output that has none.
    """
    output = options.output
    if options.follow and output in {"", "screen"}:
        raise UsageError(
            "option --follow: lines and reports follow a file, the screen does not",
            remedy="--jsonl or --raw writes what happens as it comes, -r a report at the end",
        )
    if options.expectations and output in {"", "screen"}:
        if output:
            raise UsageError("option --expect: the screen goes on until it is left", remedy="-r writes a report")
        output = TEXT.name
    if output in {"", "screen"}:
        seen = _is_terminal(1)
        possible = seen and (_is_terminal(0) or _has_controlling_terminal())
        if possible and os.environ.get("TERM", "") in DUMB_TERMINALS:
            if not output:
                say(program, "this terminal (TERM) cannot show a screen, so a report is written")
            possible = False
        elif seen and not possible and not output:
            say(program, "there is no terminal to read keys from, so a report is written")
        if output and not possible:
            raise UsageError("option -t/--curses: the screen needs a terminal", remedy="-r writes a report")
        output = "screen" if possible else TEXT.name
    if output not in {"screen", TEXT.name} and options.sources.get("explain") is COMMAND_LINE:
        raise UsageError("option --explain: it goes below a text report", remedy="use it with -r or -w")
    settings = options.settings
    if output != "screen" and not FORMATS[output].endless and settings.rounds is None:
        least = defaults.TICKET_ROUNDS if FORMATS[output].is_ticket else defaults.REPORT_ROUNDS
        settings = dataclasses.replace(
            settings, rounds=max(least, 2 * settings.flows), until_enumerated=settings.flows > 1
        )
    return dataclasses.replace(options, output=output, settings=settings)


def connect_keyboard() -> None:
    """Make the controlling terminal standard input where that is something else: the screen reads keys there."""
    if _is_terminal(0):
        return
    keyboard = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    if keyboard != 0:
        os.dup2(keyboard, 0)
        os.close(keyboard)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # noqa: SIM115


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _has_controlling_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
