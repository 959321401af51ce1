"""Which columns fit which width."""

from __future__ import annotations

import pytest
from hopscope.widgets.grid import fit


@pytest.mark.parametrize(
    ("width", "info", "host", "letters", "start", "strip_start", "strip_width"),
    [
        (60, 0, 19, "LNA", 25, 44, 15),
        (80, 0, 26, "LSNAW", 32, 63, 16),
        (100, 0, 26, "LSNABWV", 32, 75, 24),
        (120, 0, 32, "LSNABWV", 38, 81, 38),
        (120, 10, 32, "LSNABWV", 48, 91, 28),
        (200, 0, 40, "LSNABWV", 46, 89, 110),
        (200, 10, 40, "LSNABWV", 56, 99, 100),
    ],
)
def test_the_grid_of_the_design(
    width: int, info: int, host: int, letters: str, start: int, strip_start: int, strip_width: int
) -> None:
    """Host, columns and strip stand where the design has them."""
    grid = fit(width, "LSNABWV", info_cells=info)
    assert grid.host_width == host
    assert "".join("LSNABWV"[at] for at in grid.fields) == letters
    assert grid.fields_start == start
    assert (grid.strip_start, grid.strip_width) == (strip_start, strip_width)


def test_a_narrow_screen_keeps_what_matters() -> None:
    """With every field asked for, host, Loss%, Last and Avg remain, and the rest is counted."""
    grid = fit(60, "LDRSNBAWVGJMXI", info_cells=10)
    shown = {"LDRSNBAWVGJMXI"[at] for at in grid.fields}
    assert set("LNA") <= shown
    assert grid.hidden == 14 - len(shown)
    assert grid.strip_start + grid.strip_width <= 59 or grid.strip_width == 0
