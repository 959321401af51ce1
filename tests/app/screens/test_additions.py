"""Adding and removing targets, vantage points and lanes on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ProbeProcessError, UsageError
from hopscope.app.screens.dialogs.add import AddBox
from hopscope.app.screens.present.footer import hints
from hopscope.widgets.glyphs import UNICODE
from support.moving import MovingSource, SeveralTargets
from support.screen import screen, text

if TYPE_CHECKING:
    from hopscope.app.additions import Addition
    from hopscope.app.screens.app import HopscopeApp
    from textual.pilot import Pilot

NO_WAY = ProbeProcessError("ssh:fra: no answer in 20 s", remedy="see whether the same command works by hand")


def over(addition: Addition, *errors: ProbeProcessError, added: int = 0) -> None:
    """Bring what was asked for to its end."""
    for error in errors:
        addition.fails(error)
    addition.added = added
    addition.begin(lambda: None)
    assert addition.wait(20)


async def asked(source: MovingSource, app: HopscopeApp, pilot: Pilot[int], keys: str) -> Addition:
    """What the screen asks for after these keys."""
    await pilot.press(*keys.split())
    await pilot.pause()
    assert isinstance(app.top_overlay, AddBox)
    made: Addition = next(made for name, made in reversed(source.calls) if name == "add")
    return made


async def news(app: HopscopeApp, pilot: Pilot[int]) -> str:
    """The screen after it has looked for news."""
    app.tick()
    await pilot.pause()
    app.tick()
    await pilot.pause()
    return text(app)


@pytest.mark.parametrize(
    ("key", "title", "field"),
    [("insert", "Add a target", "target"), ("V", "Add a vantage point", "where")],
)
async def test_what_is_typed_is_asked_for(key: str, title: str, field: str) -> None:
    """The key opens the box, Enter asks; v in lower case stays the verdict's."""
    source = MovingSource()
    async with screen(source, (100, 30)) as (app, pilot):
        await pilot.press(key, *"web1")
        await pilot.pause()
        assert title in text(app)
        addition = await asked(source, app, pilot, "enter")
        assert (addition.target, addition.where, addition.lane) == tuple(
            "web1" if name == field else "" for name in ("target", "where", "lane")
        )


async def test_how_far_it_is_and_that_it_is_done() -> None:
    """What is being done stands in the box, with the seconds; when all is well it closes and says what came."""
    source = MovingSource()
    async with screen(source, (100, 30)) as (app, pilot):
        addition = await asked(source, app, pilot, "V s s h : f r a enter")
        addition.does("Connecting to ssh:fra")
        assert "Connecting to ssh:fra" in await news(app, pilot)
        over(addition, added=2)
        assert "Added from ssh:fra: 2 lanes" in await news(app, pilot)
        assert app.top_overlay is None


async def test_what_could_not_be_had_is_said_and_can_be_typed_anew() -> None:
    """The error with its way out stands in the box, the text is kept."""
    source = MovingSource()
    async with screen(source, (60, 20)) as (app, pilot):
        addition = await asked(source, app, pilot, "V s s h : f r a enter")
        over(addition, NO_WAY)
        shown = await news(app, pilot)
        assert "■ ssh:fra: no answer in 20 s; see whether the" in shown
        assert "Trace from: ssh:fra" in shown
        again = await asked(source, app, pilot, "1 enter")
        assert again.where == "ssh:fra1"


async def test_escape_cancels_and_then_closes() -> None:
    """The wish is given up at once; the screen never waited."""
    source = MovingSource()
    async with screen(source, (100, 30)) as (app, pilot):
        addition = await asked(source, app, pilot, "insert h enter")
        await pilot.press("escape")
        assert addition.cancelled
        assert len(app.overlays) == 1
        await pilot.press("escape")
        assert not app.overlays


@pytest.mark.parametrize("well", [True, False])
async def test_it_may_go_on_while_the_box_is_closed(well: bool) -> None:
    """Enter closes the box; what came of it is said, an error until a key is pressed."""
    source = MovingSource()
    async with screen(source, (100, 30)) as (app, pilot):
        addition = await asked(source, app, pilot, "V s s h : f r a enter")
        source.additions = (addition,)
        await pilot.press("enter")
        assert app.top_overlay is None
        assert not addition.cancelled
        over(addition, *(() if well else (NO_WAY,)), added=int(well))
        shown = await news(app, pilot)
        assert ("Added from ssh:fra: 1 lane" if well else "Not added: ssh:fra: no answer in 20 s") in shown
        assert addition.cancelled


async def test_a_lane_is_added_from_the_palette() -> None:
    """It has no key, unless the user gives it one."""
    source = MovingSource()
    async with screen(source, (100, 30)) as (app, pilot):
        await pilot.press("ctrl+p", *"add", "space", "a", "space", *"lane", "enter")
        await pilot.pause()
        assert "Add a lane" in text(app)
        addition = await asked(source, app, pilot, "t c p : 4 4 3 enter")
        assert addition.lane == "tcp:443"
    async with screen(source, (100, 30), keys=(("add-lane", "V"),)) as (app, pilot):
        await pilot.press("V")
        await pilot.pause()
        assert "Add a lane" in text(app)


def targets() -> SeveralTargets:
    """Three targets."""
    return SeveralTargets(a_example=MovingSource(), b_example=MovingSource(), c_example=MovingSource())


@pytest.mark.parametrize(
    ("keys", "removed", "shown"),
    [("", 0, "b.example"), ("down", 1, "c.example"), ("end", 2, "b.example")],
)
async def test_removing_the_selected_target(keys: str, removed: int, shown: str) -> None:
    """It is asked for; then the next one is selected, or the one before the last."""
    source = targets()
    async with screen(source, (100, 30)) as (app, pilot):
        await pilot.press("0", *keys.split(), "delete")
        await pilot.pause()
        assert "Remove it?" in text(app)
        await pilot.press("n")
        assert not source.calls
        await pilot.press("delete", "y")
        assert source.calls == [("remove", removed)]
        await pilot.pause()
        assert app.snapshot.target.name == shown


async def test_the_only_target_stays() -> None:
    """Nothing is asked for what cannot be done."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press("delete")
        await pilot.pause()
        assert "This is the only target" in text(app)
        assert app.top_overlay is None


async def test_what_cannot_be_removed_is_said() -> None:
    """The screen goes on."""

    class Refusing(SeveralTargets):
        def remove(self, index: int) -> None:
            raise UsageError(f"target {index} stays")

    source = Refusing(a_example=MovingSource(), b_example=MovingSource())
    async with screen(source, (100, 30)) as (app, pilot):
        await pilot.press("delete", "y")
        await pilot.pause()
        assert "target 0 stays" in text(app)


async def test_a_second_target_brings_the_bar() -> None:
    """Sizes are decided anew as soon as it is there."""
    source = SeveralTargets(a_example=MovingSource())
    async with screen(source, (100, 30)) as (app, pilot):
        assert " 0 all" not in text(app)
        source.parts.append(targets().parts[1])
        app.update()
        await pilot.pause()
        await pilot.pause()
        assert " 0 all  ✓ a.example  ✓ b.example" in text(app)


def test_the_footer_offers_it_where_there_is_room() -> None:
    """In a wide overview, by the user's keys."""
    from hopscope.app.actions import remapped

    offered = hints(remapped({"add-target": "F5"}), 120, UNICODE, view="overview", paused=False)
    assert {(one.key, one.label) for one in offered} >= {("F5", "Add"), ("V", "Vantage point"), ("Delete", "Remove")}
