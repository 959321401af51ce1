"""What the screen hides, it hides in every view, box and export."""

from __future__ import annotations

import re

import pytest
from hopscope.app.screens.export import FORMATS, context, file_name
from support.moving import HOSTS, MovingSource
from support.screen import screen, text

SECRET = re.compile(
    "|".join([r"198\.51\.100\.", r"192\.0\.2\.80", "lap3", *(re.escape(name[:12]) for name, _, _ in HOSTS)])
)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_nothing_hidden_is_on_the_screen_or_in_an_export(size: tuple[int, int]) -> None:
    """With the whole path hidden no view, pane or box, no picture, report or file name has a name or an address."""
    source = MovingSource(change_at=30, loss_from=9)
    source.privacy.hops = len(HOSTS)
    async with screen(source, size, source_name="lap3", host_name="lap3.example", show_addresses=True) as (app, pilot):
        for keys in (
            *("1", "2", "3", "4", "c", "0", "1 z", "y", "y y", "a", "asterisk", "v", "l", "g", "w", "n", "n", "e"),
            *("end enter", "up", "escape", "k home", "comma", "full_stop", "x", "escape", "ctrl+p", "escape", "r p"),
        ):
            await pilot.press(*keys.split())
            await pilot.pause()
            app.tick()
            assert not SECRET.search(text(app)), keys
            assert not SECRET.search(app.rendered("svg")), keys
        for form in FORMATS:
            made = app.rendered(form.name)
            assert not SECRET.search(made), form.name
        assert context(app.view, app.options, app.source).local_host == "hidden"
        assert file_name(app.snapshot.target.name, "txt", 0).startswith("hopscope-hidden-target-")


async def test_what_was_judged_before_is_hidden_with_the_rest() -> None:
    """The key hides addresses in the verdicts at once, although these are made anew only once a round."""
    source = MovingSource(change_at=30)
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("v")
        await pilot.pause()
        before = app.judge.assess(app.snapshot)
        await pilot.press("number_sign")
        await pilot.pause()
        assert app.judge.assess(app.snapshot) is not before
