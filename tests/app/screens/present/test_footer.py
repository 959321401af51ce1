"""The last row: which keys it offers, and how a prompt ends."""

from __future__ import annotations

import pytest
from hopscope.app.actions import ACTIONS, remapped
from hopscope.app.screens.present.footer import hints
from hopscope.widgets.glyphs import ASCII, UNICODE
from hopscope.widgets.hints import Hint, Question, question_line


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_check_is_offered_beside_the_verdict(width: int) -> None:
    """While a verdict offers one the footer has its key, the user's own where there is one; else it has not."""
    shown = hints(ACTIONS, width, UNICODE, view="table", paused=False, offered=True)
    assert shown[shown.index(Hint("v", "Why")) + 1] == Hint("!", "Check")
    mine = hints(remapped({"check": "F6"}), width, UNICODE, view="table", paused=False, offered=True)
    assert Hint("F6", "Check") in mine
    assert Hint("!", "Check") not in hints(ACTIONS, width, UNICODE, view="table", paused=False)


def test_a_prompt_says_which_keys_end_it() -> None:
    """After the range, where there is room for both."""
    question = Question("Packet size", "64", "28 to 9000", valid=True)
    shown = question_line(question, 80, UNICODE).text()
    assert "28 to 9000" in shown
    assert shown.rstrip().endswith("  ↵ set  Esc leave")
    assert question_line(question, 80, ASCII).text().rstrip().endswith("  Enter set  Esc leave")
    assert "leave" not in question_line(question, 48, UNICODE).text()
    wrong = question_line(question._replace(text="70000", valid=False), 80, UNICODE).text()
    assert "28 to 9000" in wrong
    assert wrong.rstrip().endswith("↵ set  Esc leave")
