"""Targets that cannot be traced, beside others that are."""

from __future__ import annotations

import os

import pytest
from support.moving import MovingSource
from support.program import command
from support.pty import PtyProgram
from support.screen import screen, text

WHY = "cannot resolve nosuch.invalid: name not known"
UNTRACED = (("nosuch.invalid", WHY),)


@pytest.mark.parametrize("width", [80, 120])
async def test_the_overview_has_a_row_with_the_reason(width: int) -> None:
    """On every width the row says why, the answer says how many, and the tab bar marks the name from the start."""
    async with screen(MovingSource(), (width, 30), untraced=UNTRACED) as (app, pilot):
        assert "\u25a0 nosuch.invalid" in text(app).splitlines()[0]
        await pilot.press("0")
        await pilot.pause()
        lines = text(app).splitlines()
        assert any(line.lstrip().startswith("\u25a0 nosuch.invalid") and line.endswith(WHY) for line in lines[4:])
        assert any("1 of 2 targets is not traced." in line for line in lines)
        assert any("1 not traced" in line for line in lines)


async def test_there_is_nothing_to_open() -> None:
    """Selecting it by mouse says the reason; what is shown stays."""
    async with screen(MovingSource(), (120, 30), untraced=UNTRACED) as (app, pilot):
        app.action_go_to(1)
        await pilot.pause()
        assert (app.view.view, app.view.target) == ("table", 0)
        assert WHY in text(app)
        await pilot.press("0", "down", "down", "enter", "right_square_bracket")
        await pilot.pause()
        assert app.view.target == 0


def test_the_status_tells_of_it() -> None:
    """Once the screen is left the status is 1, as after a report."""
    with PtyProgram(
        command("-n", "127.0.0.1", "nosuch.invalid"), environment={**os.environ, "TERM": "xterm-256color"}
    ) as program:
        assert b"nosuch.invalid" in program.read_until(b"127.0.0.1")
        program.read_until(b"lo")
        program.write(b"q")
        assert program.wait() == 1
