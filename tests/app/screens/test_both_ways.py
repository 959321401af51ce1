"""Both directions on the screen."""

from __future__ import annotations

import pytest
from support.lane_source import both_directions
from support.screen import screen, text


async def test_selection_goes_down_the_screen_in_either_direction() -> None:
    """The return path stands upside down: Down leads to a smaller TTL there."""
    async with screen(both_directions(30), (120, 40), view="both") as (app, pilot):
        await pilot.press("down", "down")
        assert (app.view.target, app.view.selected) == (0, 2)
        await pilot.press("right_square_bracket", "down", "down")
        assert (app.view.target, app.view.selected) == (1, 6)
        await pilot.pause()
        lines = text(app).splitlines()
        assert " 0 all  " in lines[0]
        assert any(line.startswith("▌") and "gw.home" in line for line in lines)


@pytest.mark.parametrize(("name", "side"), [("core2.isp.example", 0), ("lon4.carrier", 1)])
async def test_a_click_selects_the_hop_in_its_direction(name: str, side: int) -> None:
    """Left the forward path, right the return path."""
    async with screen(both_directions(30), (120, 40), view="both") as (app, pilot):
        app.update(force=True)
        await pilot.pause()
        lines = text(app).splitlines()
        row = next(at for at, line in enumerate(lines) if name in line)
        await pilot.click(offset=(lines[row].rindex(name) if side else lines[row].index(name), row))
        assert app.view.target == side
        assert app.view.selected == (2 if side else 3)


async def test_the_count_stays_where_rows_are_few() -> None:
    """The path scrolls, the one-way line does not."""
    async with screen(both_directions(30), (80, 12), view="both") as (app, pilot):
        await pilot.press("end")
        await pilot.pause()
        assert "one-way   forward 0 of 30 lost" in text(app)
        assert "fra.example" in text(app)
