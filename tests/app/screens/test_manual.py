"""The manual on the screen."""

from __future__ import annotations

import pytest
from hopscope.app.manual import chapters
from hopscope.app.manual import text as chapter_text
from support.moving import MovingSource
from support.screen import screen, text


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 55)])
async def test_the_help_opens_the_manual(size: tuple[int, int]) -> None:
    """Tab shows the chapters, Enter one of them, and Escape goes back step by step to the help and the screen."""
    async with screen(MovingSource(), size) as (app, pilot):
        await pilot.press("question_mark", "tab")
        await pilot.pause()
        assert chapters()[1][1] in text(app)
        await pilot.press("down", "enter")
        await pilot.pause()
        first = text(app)
        assert f" {chapters()[1][1]} " in first
        assert "more lines" in first
        await pilot.press("end")
        await pilot.pause()
        assert "0 more lines" in text(app)
        for boxes in (2, 1, 0):  # the list and the help, the help, the screen
            await pilot.press("escape")
            await pilot.pause()
            assert len(app.overlays) == boxes


async def test_every_chapter_is_read_to_its_end() -> None:
    """Right turns to the next chapter, from the last to the first; each begins at its first line."""
    async with screen(MovingSource(), (120, 40)) as (app, pilot):
        app.action_manual()
        await pilot.press("enter")
        for name, title in (*chapters()[1:], chapters()[0]):
            await pilot.press("end", "right")
            await pilot.pause()
            assert f" {title} " in text(app)
            word = next(line for line in chapter_text(name).splitlines()[1:] if line.strip()).split()[0].strip("#|*`")
            assert word in text(app)


async def test_plain_terminals_get_plain_characters() -> None:
    """The chapters that show what the screen draws are ASCII where the screen is."""
    async with screen(MovingSource(), (120, 40), ascii_only=True) as (app, pilot):
        app.action_manual()
        await pilot.press("enter")
        for _ in chapters():
            for _ in range(12):
                await pilot.press("pagedown")
                await pilot.pause()
                assert text(app).isascii()
            await pilot.press("right")


async def test_it_is_among_the_commands() -> None:
    """The palette opens it too."""
    async with screen(MovingSource(), (80, 24)) as (app, pilot):
        await pilot.press("ctrl+p", *"manual", "enter")
        await pilot.pause()
        assert "Manual" in text(app)
