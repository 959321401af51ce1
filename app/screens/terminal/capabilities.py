"""What the terminal can show, where it is, and how it is given back."""

from __future__ import annotations

import contextlib
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTER = "\x1b[?1049h"  # the screen that leaves the shell's as it was
# What leaves application mode, for when nobody is left to do it in order: CAN breaks off a sequence that was cut
# short; then mouse, focus and paste reports off, kitty's keyboard off, wrapping on, main screen, cursor.
RESTORE = (
    "\x18\x1b[0m\x1b[?2026l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l\x1b[?2048l"
    "\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)


class Terminal(NamedTuple):
    """What the terminal can show, and where it is."""

    ascii_only: bool  # no character beyond ASCII may be sent
    colours: str  # ``rgb``, ``ansi`` (its own sixteen) or ``none``
    remote: bool  # it is at the other end of an SSH connection


def look(environ: Mapping[str, str] | None = None, encoding: str | None = None) -> Terminal:
    """Judge the terminal by its variables and the encoding of the stream that frames go to."""
    environ = os.environ if environ is None else environ
    if encoding is None:
        encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    term = environ.get("TERM", "")
    # No variable at all, as in containers, means UTF-8; C and POSIX say that only ASCII is wanted.
    name, _, charset = locale.partition("@")[0].partition(".")
    # A locale that is named but not installed leaves the stream at UTF-8: the terminal is still what its name says.
    plain = "utf" not in charset.lower() and (name in {"C", "POSIX"} or bool(charset))
    unicode_stream = encoding.lower().replace("-", "").replace("_", "") in {"utf8", "utf8sig"}
    if environ.get("NO_COLOR") or term in {"vt100", "vt220", "xterm-mono", "dumb"} or term.endswith("-m"):
        colours = "none"
    elif term in {"linux", "screen", "ansi"}:
        colours = "ansi"
    else:
        colours = "rgb"
    return Terminal(
        ascii_only=plain or not unicode_stream or term == "linux",
        colours=colours,
        remote=bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY")),
    )


def screen_stream() -> TextIOWrapper | None:
    """Where frames go: standard error, as Textual has it, or standard output where only that is a terminal."""
    for stream in (sys.__stderr__, sys.__stdout__):
        with contextlib.suppress(ValueError, OSError):
            if isinstance(stream, TextIOWrapper) and stream.isatty():
                return stream
    return None


def size() -> tuple[int, int]:
    """Columns and rows of the terminal that frames go to.

    COLUMNS and LINES count only where it does not know: whoever exported them (a container's shell, a test runner)
    does not see the window being resized.
    """
    stream = screen_stream()
    with contextlib.suppress(OSError):
        if stream is not None and min(found := os.get_terminal_size(stream.fileno())):
            return found.columns, found.lines
    import shutil

    fallback = shutil.get_terminal_size()
    return fallback.columns, fallback.lines
