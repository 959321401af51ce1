"""Lines of a screen."""

from __future__ import annotations

import unicodedata

import pytest
from hopscope.widgets.line import Line, cut_lane
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters(codec=None), max_size=60))
def test_a_line_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    """Whatever is added, no control character, direction mark or lone surrogate reaches a cell."""
    shown = Line().add(text).text()
    assert len(shown) == len(text)
    assert all(character == " " or unicodedata.category(character)[0] not in "CZ" for character in shown)


def test_what_a_line_replaces() -> None:
    """Blanks of all kinds become spaces, so that columns stay; all else that does not print becomes ``?``."""
    assert Line().add("a\x1b]0;b\x07\x9b\u202e\u200b\n\t\xa0c").text() == "a?]0;b????   c"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (30, "local to tgt.test by IPv6"),
        (22, "local to tgt.… by IPv6"),
        (12, "loc… by IPv6"),
        (8, "IPv6"),
        (3, "IP…"),
    ],
)
def test_of_a_lane_the_target_is_cut(width: int, shown: str) -> None:
    """What it is traced by stays, as that tells it from the lane beside it."""
    assert cut_lane("local to tgt.test by IPv6", width, "…") == shown
