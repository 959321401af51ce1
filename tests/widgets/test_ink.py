"""What inks look like in the colours of a theme, of the terminal, and without any."""

from __future__ import annotations

import pytest
from hopscope.widgets.ink import SEVERITY_INKS, WORDS_INKS, Ink, Palette

COLOURS = {"warn": "#e6b450", "note": "#8fb3c7", "bad": "#ff7a73", "ok": "#7cc79a", "change": "#d2a6ff"}
GROUND = {"text": "#d5dbe5", "bg": "#12161d"}


@pytest.mark.parametrize("severity", SEVERITY_INKS)
def test_sentences_are_never_yellow_or_cyan(severity: str) -> None:
    """In the terminal's own colours glyphs may be; words of that severity are bold in the terminal's colour."""
    own = Palette(None)
    words = own.style(Ink(WORDS_INKS[severity], bold=True))
    assert words.color is None or words.color.name not in {"yellow", "cyan"}
    assert words.bold
    assert (words.color is None) == (severity in {"warning", "note", ""})


@pytest.mark.parametrize("severity", SEVERITY_INKS)
def test_a_theme_gives_words_and_marks_one_colour(severity: str) -> None:
    """Where the background is ours, words have the colour of their mark."""
    theme = Palette({**COLOURS, **GROUND})
    assert theme.style(Ink(WORDS_INKS[severity])) == theme.style(Ink(SEVERITY_INKS[severity]))


def test_without_colours_there_are_none() -> None:
    """What is left is bold, dim and reverse."""
    mono = Palette(None, mono=True)
    for ink in (Ink("bad", bold=True), Ink("muted"), Ink("strip", "selbg"), Ink("note-words")):
        style = mono.style(ink)
        assert style.color is None
        assert style.bgcolor is None
