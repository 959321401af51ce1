"""The line of progress: on a terminal alone, safe, and without a trace."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from hopscope.app.launch.reading import Reading
from hopscope.app.process.status_line import CLEAR_LINE, StatusLine
from hopscope.app.sanitize import sanitize

if TYPE_CHECKING:
    import pytest


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def test_it_is_cleared_where_it_was_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was shown is taken away; where nothing was shown, or may be, nothing is written."""
    for possible, shown in ((True, f"{CLEAR_LINE}half{CLEAR_LINE}"), (False, "")):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        line = StatusLine(possible=possible)
        line.show(sanitize("half"))
        line.clear()
        assert terminal.getvalue() == shown


def test_a_file_name_reaches_no_terminal_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a file that is read may hold what a terminal would obey: it is replaced."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("hopscope.app.launch.reading.SHOWN_AFTER_S", 0.0)
    reading = Reading("\x1b]0;evil\x07.hops")
    assert not reading.shows(0.5)
    assert "Reading ?]0;evil?.hops: 50%" in terminal.getvalue()
