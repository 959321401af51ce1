"""The overview on the screen: order, selection, many lanes."""

from __future__ import annotations

from hopscope.app.screens.present.overview import in_order
from support.lane_source import repeated, ten_places, three_places, two_places, with_lost_link
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


def rows(shown: str) -> list[str]:
    """The rows of lanes on the screen."""
    return [line for line in shown.splitlines()[1:] if "example.org  " in line]


async def test_typing_filters_and_escape_clears() -> None:
    """Each letter takes effect, what is selected stays among the rows, and Esc in the prompt shows all again."""
    async with screen(two_places(30), (120, 40)) as (app, pilot):
        await pilot.press("0", "home", "slash", *"fra")
        await pilot.pause()
        shown = text(app)
        assert len(rows(shown)) == 2
        assert all("ssh:fra" in row for row in rows(shown))
        assert '2 of 4 lanes match "fra"' in shown
        assert "Filter: fra" in shown.splitlines()[-1]
        assert "Esc clear" in shown.splitlines()[-1]
        assert rows(shown)[0].startswith("▌")
        await pilot.press("space", "d", "b")
        await pilot.pause()
        assert len(rows(text(app))) == 1
        assert app.view.target == 3
        await pilot.press("escape")
        await pilot.pause()
        assert len(rows(text(app))) == 4
        assert app.view.view == "overview"


async def test_a_kept_filter_rules_the_keys_until_escape() -> None:
    """Keys go through the rows that are left; Esc clears it first, and leaves the overview then."""
    async with screen(two_places(30), (120, 40)) as (app, pilot):
        await pilot.press("0", "slash", *"local", "enter")
        await pilot.press("end")
        assert app.view.target == 2
        await pilot.press("right_square_bracket")
        assert app.view.target == 0
        await pilot.press("escape")
        await pilot.pause()
        assert len(rows(text(app))) == 4
        assert app.view.view == "overview"
        await pilot.press("escape")
        assert app.view.view == "table"


async def test_a_filter_that_nothing_matches() -> None:
    """It is said, keys that move go nowhere, and the target that was selected is still opened."""
    async with screen(two_places(30), (80, 24)) as (app, pilot):
        await pilot.press("0", "end", "slash", *"zzz")
        await pilot.pause()
        assert 'Nothing matches "zzz".' in text(app)
        await pilot.press("enter", "down", "up", "pagedown", "right_square_bracket", "equals_sign")
        await pilot.pause()
        assert app.view.target == 3
        await pilot.press("enter")
        assert app.view.view == "table"


async def test_a_filter_is_not_for_other_views() -> None:
    """Elsewhere the key finds a host, and the bar goes through all targets."""
    async with screen(two_places(30), (120, 40)) as (app, pilot):
        await pilot.press("0", "slash", *"local", "enter", "1", "slash")
        await pilot.pause()
        assert "Find:" in text(app).splitlines()[-1]
        await pilot.press("escape", "right_square_bracket")
        assert app.view.target == 1
