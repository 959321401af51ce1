"""How the rows of the screen are shared out."""

from __future__ import annotations

import pytest
from hopscope.app.screens.row_heights import arrange


@pytest.mark.parametrize(("height", "hops", "panel"), [(20, 9, 6), (20, 10, 0), (20, 12, 0), (24, 12, 7), (30, 12, 11)])
def test_the_panel_opens_where_six_rows_are_left(height: int, hops: int, panel: int) -> None:
    """All that is left below the hops is the panel's, its rule among it; fewer rows stay with the table."""
    made = arrange(height, hops, panel="auto")
    assert made.panel == panel
    assert sum(made) == height - 2  # the answer and the footer
