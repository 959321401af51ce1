"""One line on a terminal that says how far something long is, and leaves no trace."""

from __future__ import annotations

import sys

from .signals import PromptSignals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text

CLEAR_LINE = "\r\033[K"


class StatusLine:
    """A line on standard error that is written again and again, and leaves no trace."""

    def __init__(self, *, possible: bool) -> None:
        self._possible = possible
        self._shown = False

    def show(self, text: Text) -> None:
        """Write the line, if there is a terminal for it."""
        if self._possible:
            self._shown = self._write(f"{CLEAR_LINE}{text}")

    def clear(self) -> None:
        """Leave no trace of the line."""
        if self._shown:
            self._write(CLEAR_LINE)

    def _write(self, text: str) -> bool:
        try:
            with PromptSignals():
                sys.stderr.write(text)
                sys.stderr.flush()
        except (OSError, ValueError):
            self._possible = False
        return self._possible
