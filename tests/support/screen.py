"""The screen in Textual's pilot, over a measurement that moves by itself."""

from __future__ import annotations

import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.options import ScreenOptions
from support import settle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest
    from hopscope.app.screens.source import Source
    from rich.color import Color
    from textual.pilot import Pilot

settle.install()

WRITE = "HOPSCOPE_GOLDEN"  # set to ``write``: goldens are written anew


@asynccontextmanager
async def screen(
    source: Source, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[HopscopeApp, Pilot[int]]]:
    """The application over a source, laid out, judged, and able to draw graphs."""
    app = HopscopeApp(source, ScreenOptions(**options))
    async with app.run_test(size=size) as pilot:
        while not any(body.size.height for body in app.parts.bodies.values()) or app.judge.waits:
            await pilot.pause(0.01)
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield app, pilot


def text(app: HopscopeApp) -> str:
    """What is on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


# How a cell is written by what it is beside a colour: bold, dim, underlined, reversed.
ATTRIBUTES = (("bold", "b"), ("dim", "d"), ("underline", "u"), ("reverse", "r"))


def attributes(app: HopscopeApp) -> str:
    """What is on the screen, and below it how each cell is written; fails where a cell has a colour.

    A cell that is bold or the like has that word's letter, one that is bold and something else its capital letter.
    """
    lines = []
    for strip in app.screen._compositor.render_strips():
        line = ""
        for segment in strip:
            style = segment.style
            assert style is None or (_is_default(style.color) and _is_default(style.bgcolor)), segment
            letters = [letter for name, letter in ATTRIBUTES if style is not None and getattr(style, name)]
            mark = " " if not letters else letters[-1].upper() if len(letters) > 1 else letters[0]
            line += mark * segment.cell_length
        lines.append(line.rstrip())
    return text(app) + "\n" + "\n".join(lines)


def _is_default(color: Color | None) -> bool:
    return color is None or color.is_default


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen's time is that of its snapshot, in UTC, on a terminal of known powers."""
    monkeypatch.setattr(HopscopeApp, "now_us", lambda self: self.snapshot.time_us)
    monkeypatch.setenv("TZ", "UTC")
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("hopscope.app.screens.terminal.capabilities.sys.__stderr__", _Utf8())
    time.tzset()


class _Utf8:
    encoding = "utf-8"


def compare(shown: str, golden: Path) -> None:
    """Compare what is shown with a golden file, or write that anew where it is asked for."""
    if os.environ.get(WRITE) == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown + "\n")
    assert shown + "\n" == golden.read_text()
