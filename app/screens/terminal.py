"""What the terminal can show, read from the environment."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Terminal(NamedTuple):
    """``ascii_only``: no character beyond ASCII may be sent. ``colours``: ``rgb``, ``ansi`` or ``none``.

    ``remote``: the terminal is at the other end of an SSH connection.
    """

    ascii_only: bool
    colours: str
    remote: bool


def look(environ: Mapping[str, str] | None = None, encoding: str | None = None) -> Terminal:
    """Judge the terminal by its variables and the encoding of the stream that frames go to."""
    environ = os.environ if environ is None else environ
    if encoding is None:
        encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    term = environ.get("TERM", "")
    # No variable at all, as in containers, means UTF-8; C and POSIX say that only ASCII is wanted.
    plain = locale.split(".")[0] in {"C", "POSIX"} and "utf" not in locale.lower()
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
