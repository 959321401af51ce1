"""The mouse: it selects, opens tabs and targets, and scrolls."""

from __future__ import annotations

from hopscope.widgets.bars import TargetBar
from hopscope.widgets.hop_table import HopTable
from hopscope.widgets.overview import Overview
from hopscope.widgets.panel import Panel
from support.moving import MovingSource, SeveralTargets
from support.screen import screen, text


async def test_a_click_selects_a_hop() -> None:
    """The row that is clicked, also where rows are hidden; titles and the count of hidden hops select nothing."""
    async with screen(MovingSource(hops=30)) as (app, pilot):
        await pilot.click(HopTable, offset=(10, 5))
        await pilot.pause()
        assert app.view.selected == 5
        last = app.table.size.height - 1
        await pilot.click(HopTable, offset=(10, last))
        await pilot.pause()
        assert app.view.selected == 30
        for row in (0, last - 1):
            await pilot.click(HopTable, offset=(10, row))
            await pilot.pause()
            assert app.view.selected == 30


async def test_the_wheel_moves_the_selection() -> None:
    """Down selects the next hop, up the one before."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.click(HopTable, offset=(10, 3))
        app.table.on_mouse_scroll_down()
        app.table.on_mouse_scroll_down()
        await pilot.pause()
        assert app.view.selected == 5
        app.table.on_mouse_scroll_up()
        await pilot.pause()
        assert app.view.selected == 4


async def test_a_click_opens_a_tab() -> None:
    """The tab whose name is clicked."""
    async with screen(MovingSource()) as (app, pilot):
        rule = text(app).splitlines()[16]
        await pilot.click(Panel, offset=(rule.index("RTT") + 2, 0))
        await pilot.pause()
        assert app.panel.single == "rtt"


async def test_clicks_choose_targets() -> None:
    """In the target bar the tab that is clicked, in the overview the row."""
    source = SeveralTargets(a_example=MovingSource(), b_example=MovingSource(), c_example=MovingSource())
    async with screen(source, (120, 40)) as (app, pilot):
        bar = text(app).splitlines()[0]
        await pilot.click(TargetBar, offset=(bar.index("b.example") + 1, 0))
        await pilot.pause()
        assert app.view.target == 1
        await pilot.press("0")
        await pilot.pause()
        await pilot.click(Overview, offset=(8, 3))
        await pilot.pause()
        assert (app.view.target, app.view.view) == (2, "overview")
        await pilot.click(TargetBar, offset=(bar.index("a.example") + 1, 0))
        await pilot.pause()
        assert (app.view.target, app.view.view) == (0, "table")
