"""The merged path on the screen: keys, clicks, and its box."""

from __future__ import annotations

from support.lane_source import LaneSource, three_places
from support.moving import MovingSource
from support.screen import screen, text


def places() -> LaneSource:
    """Three lanes to one target."""
    return three_places(30)


async def test_one_lane_has_nothing_to_merge() -> None:
    """The view stays, and the reason is said."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("6")
        await pilot.pause()
        assert "Only one lane leads to www.example.net" in text(app)
        assert app.view.view == "table"


async def test_selection_follows_the_lane_and_is_the_tables() -> None:
    """Down walks a lane's nodes, ] takes the next lane; the table then shows that lane with the hop selected."""
    async with screen(places(), (120, 40)) as (app, pilot):
        await pilot.press("6", "right_square_bracket", "down", "down")
        assert (app.view.target, app.view.selected) == (1, 2)
        await pilot.pause()
        assert any(line.startswith("▌") and "core.dc.example" in line for line in text(app).splitlines())
        await pilot.press("1")
        await pilot.pause()
        assert any(line.startswith("▌ 2") for line in text(app).splitlines())


async def test_enter_shows_a_node_lane_by_lane() -> None:
    """The box walks with the selection, and Esc closes it."""
    async with screen(places(), (120, 40)) as (app, pilot):
        await pilot.press("6", "end", "enter")
        await pilot.pause()
        shown = text(app)
        assert "hop 5/7/7  api.example.org" in shown
        assert all(name in shown for name in ("Lane", "p99", "kubectl:prod/we"))
        await pilot.press("up")
        await pilot.pause()
        assert "hop 4/6/6  border.hosting.example" in text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.top_overlay is None
        assert app.view.view == "merged"


async def test_a_click_selects_the_node_under_it() -> None:
    """By its words, in the lane whose column it is."""
    async with screen(places(), (120, 40)) as (app, pilot):
        await pilot.press("6")
        await pilot.pause()
        lines = text(app).splitlines()
        row = next(at for at, line in enumerate(lines) if "gw.fra.example" in line)
        await pilot.click(offset=(lines[row].index("gw.fra.example"), row))
        assert (app.view.target, app.view.selected) == (1, 1)
