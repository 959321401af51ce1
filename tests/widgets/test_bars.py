"""The bar of targets: which tabs are shown, and how many are hidden beside them."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hopscope.widgets.bars import TargetBar, shown_tabs

CELLS = [8, 20, 11, 28, 9, 15, 12, 28, 7, 10] * 5


@pytest.mark.parametrize("room", [30, 54, 73, 110, 190])
def test_the_active_tab_is_seen_and_all_fit(room: int) -> None:
    """Whatever is active; what is hidden on either side has room for its number, too."""
    for active in range(len(CELLS)):
        first, last = shown_tabs(CELLS, active, room)
        assert first <= active < last
        before = len(f"←{first}  ") if first else 0
        after = len(f"{len(CELLS) - last}→") if last < len(CELLS) else -2
        if last - first > 1:
            assert before + sum(CELLS[first:last]) + after <= room
        if last < len(CELLS):  # nor would one more
            assert before + sum(CELLS[first : last + 1]) + after >= room


def test_all_are_shown_where_they_fit() -> None:
    """Without numbers of hidden ones."""
    exact = list(accumulate(CELLS[:5]))[-1] - 2
    assert shown_tabs(CELLS[:5], 0, exact) == (0, 5)
    assert shown_tabs(CELLS[:5], 0, exact - 1)[1] < 5


def test_how_many_are_hidden_is_said_on_both_sides() -> None:
    """With signs that point to them."""
    bar = TargetBar("0")
    bar._tabs = [("fine", f"host{at}.example") for at in range(20)]
    for active, wanted in ((0, (False, True)), (10, (True, True)), (19, (True, False))):
        bar._active = active
        [line] = bar.draw(80, 1)
        assert ("←" in line.text(), line.text().endswith("→")) == wanted
        assert f"host{active}.example" in line.text()
        assert line.width <= 79
