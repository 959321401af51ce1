"""The overview on the screen: order, selection, many lanes."""

from __future__ import annotations

from hopscope.app.screens.present.overview import in_order
from support.lane_source import repeated, ten_places, three_places, with_lost_link
from support.screen import screen, text


async def test_one_sort_a_press() -> None:
    """Worst first once, selection moving in that order; sorted so already, as given; nothing sorts by itself."""
    source = three_places()
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("0", "equals_sign")
        await pilot.pause()
        assert in_order(source.snapshots(), app.view.order) == [1, 2, 0]
        await pilot.press("home")
        assert app.view.target == 1
        await pilot.press("down", "down")
        assert app.view.target == 0
        await pilot.press("right_square_bracket")
        assert app.view.target == 1
        source.shown = source.shown[::-1]  # other traces are worst now
        app.update(force=True)
        await pilot.pause()
        lines = [line for line in text(app).splitlines() if "api.example.org  " in line]
        assert ["ssh:fra" in line for line in lines] == [True, False, False]
        await pilot.press("equals_sign")
        assert app.view.order == ()


async def test_many_lanes_scroll_with_the_selection() -> None:
    """The last one comes into view, and how many are above is said."""
    async with screen(repeated(ten_places(3), 3), (100, 24)) as (app, pilot):
        await pilot.press("0", "end")
        await pilot.pause()
        shown = text(app)
        assert any(line.startswith("▌") and "ssh:site9" in line for line in shown.splitlines())
        assert "↑" in shown.splitlines()[4]
        await pilot.press("pageup")
        assert 0 < app.view.target < 29


async def test_a_lost_link_stands_in_the_header_and_the_answer_of_its_lane() -> None:
    """The table keeps what was measured."""
    async with screen(with_lost_link(three_places(60)), (120, 40)) as (app, pilot):
        app.now_us = lambda: app.snapshot.time_us  # type: ignore[method-assign]
        await pilot.press("left_square_bracket")
        app.update(force=True)
        await pilot.pause()
        lines = text(app).splitlines()
        assert "■ link lost" in lines[1]
        assert lines[3].startswith(" ▲ Not measured: link lost 12 s ago, trying again in 8 s.")
