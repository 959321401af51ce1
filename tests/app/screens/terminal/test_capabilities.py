"""What is believed of a terminal, by its variables."""

from __future__ import annotations

import pytest
from hopscope.app.screens.terminal.capabilities import look


@pytest.mark.parametrize(
    ("variables", "encoding", "ascii_only"),
    [
        ({}, "utf-8", False),
        ({"LANG": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "de_DE.utf8"}, "utf-8", False),
        ({"LANG": "C"}, "utf-8", True),
        ({"LC_ALL": "POSIX", "LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({"LC_CTYPE": "en_US.ISO-8859-1"}, "utf-8", True),
        ({"LC_ALL": "de_DE.ISO-8859-15@euro"}, "utf-8", True),
        ({"LC_ALL": "ja_JP.eucJP"}, "utf-8", True),
        ({"LANG": "en_US"}, "iso8859-1", True),
        ({"LANG": "en_US.UTF-8", "TERM": "linux"}, "utf-8", True),
    ],
)
def test_plain_characters(variables: dict[str, str], encoding: str, ascii_only: bool) -> None:
    """No variable means UTF-8; C, another character set by name or in fact, and the console mean ASCII."""
    assert look(variables, encoding).ascii_only is ascii_only


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({"TERM": "xterm-256color"}, "rgb"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "rgb"),
        ({"TERM": "vt100"}, "none"),
        ({"TERM": "xterm-mono"}, "none"),
        ({"TERM": "linux"}, "ansi"),
        ({"TERM": "screen"}, "ansi"),
    ],
)
def test_colours(variables: dict[str, str], colours: str) -> None:
    """By NO_COLOR, where it is not empty, and by the name of the terminal."""
    assert look(variables, "utf-8").colours == colours


def test_a_terminal_at_the_other_end_of_ssh() -> None:
    """Its own colours are the default there."""
    assert look({"SSH_TTY": "/dev/pts/3"}, "utf-8").remote
    assert not look({}, "utf-8").remote
