"""The table of columns."""

from __future__ import annotations

import pytest
from hopscope.app.path.columns import COLUMNS, chosen_letters
from hopscope.app.path.snapshot import UNANSWERED
from support import snapshots


def test_values_are_those_of_the_hop() -> None:
    """Counts, thousandths of a percent, and microseconds, by hand for a hop with one loss of four."""
    hop = snapshots.hop(1, [1_000, UNANSWERED, 3_000, 2_000], "192.0.2.1")
    figures = {letter: column.value(hop) for letter, column in COLUMNS.items()}
    assert [figures[letter] for letter in "LDRSNBAW "] == [25_000, 1, 3, 4, 2_000, 1_000, 2_000, 3_000, 1]


@pytest.mark.parametrize(("text", "letters"), [("LS NABWV", "LS NABWV"), ("L_S", "LS"), ("", "")])
def test_letters_in_the_order_typed(text: str, letters: str) -> None:
    """An underscore is taken, and shows nothing."""
    assert chosen_letters(text) == letters


@pytest.mark.parametrize("text", ["LZ", "l", "L" * 21])
def test_other_letters_are_refused(text: str) -> None:
    """So are too many."""
    with pytest.raises(ValueError, match="up to 20 of the letters 'LDRSNBAWVGJMXI' and blank"):
        chosen_letters(text)
