"""Writing to standard output and standard error, whatever has become of them."""

from __future__ import annotations

import os
import sys

from ..errors import OutputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from ..sanitize import Document, Text

LINE_MAX = 4000  # characters of a line on standard error
READER_GONE_STATUS = 141  # what a shell shows of a program that SIGPIPE ended


class ReaderGone(Exception):  # noqa: N818  (an event, not an error)
    """Whoever read our output has gone: there is nothing left to do."""


def check_output() -> None:
    """Make sure that there is a standard output, before minutes are spent on what to write there.

    Raises:
        OutputError: it is closed.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed: there is nowhere to write to")


def write(text: Document) -> None:
    """Write to standard output at once.

    Raises:
        ReaderGone: it is a pipe that nobody reads any more.
        OutputError: it is closed, full, or broken otherwise.
    """
    check_output()
    try:
        stream = sys.stdout
        stream.write(text.encode(stream.encoding, "backslashreplace").decode(stream.encoding))
        stream.flush()
    except BrokenPipeError:
        _discard(sys.stdout)
        raise ReaderGone from None
    except OSError as error:
        _discard(sys.stdout)
        raise OutputError(f"cannot write to standard output: {error.strerror}") from None


def is_stalled() -> bool:
    """Whether standard output takes nothing at the moment; what was to be written there is dropped then."""
    import select

    try:
        if select.select([], [sys.stdout], [], 0)[1]:
            return False
    except (OSError, ValueError):
        return False
    _discard(sys.stdout)
    return True


def is_watched() -> bool:
    """Whether somebody may be reading standard error as it comes: it is a terminal."""
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:
        return False


def say(program: str, sentence: str, below: Iterable[Text] = ()) -> None:
    """One line on standard error, if there is one; what of it came from the command line or a file is made safe.

    ``below`` are further lines, as they are.
    """
    from ..sanitize import sanitize

    try:
        print(f"{program}: {sanitize(sentence, LINE_MAX)}", *below, sep="\n", file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):
        return


def _discard(stream: TextIO) -> None:
    """Let the interpreter's last flush go nowhere, so that it cannot fail."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        return
