"""How far the reading of a large file is, on a terminal."""

from __future__ import annotations

import sys
import time

from ..process.status_line import StatusLine
from ..sanitize import composed

SHOWN_AFTER_S = 0.3  # what is read sooner needs no word
EACH_S = 0.1


class Reading:
    """Says on standard error how much of a file has been read, where that is a terminal.

    Args:
        name: of the file, as the user has it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._ended = False
        self._due_s = time.monotonic() + SHOWN_AFTER_S
        self._line = StatusLine(possible=sys.stderr is not None and sys.stderr.isatty())

    def end(self) -> None:
        """Read no further: for a signal handler."""
        self._ended = True

    def shows(self, share: float) -> bool:
        """So much has been read, 0 to 1; whether to read no further."""
        now_s = time.monotonic()
        if now_s >= self._due_s:
            self._due_s = now_s + EACH_S
            self._line.show(composed(f"Reading {self._name}: {share:.0%} "))
        return self._ended

    def close(self) -> None:
        """Leave the line as it was."""
        self._line.clear()
