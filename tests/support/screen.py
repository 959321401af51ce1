"""The screen in Textual's pilot, over a measurement that moves by itself."""

from __future__ import annotations

import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.options import ScreenOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest
    from support.moving import MovingSource
    from textual.pilot import Pilot

WRITE = "HOPSCOPE_GOLDEN"  # set to ``write``: goldens are written anew


@asynccontextmanager
async def screen(
    source: MovingSource, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[HopscopeApp, Pilot[int]]]:
    """The application over a source."""
    app = HopscopeApp(source, ScreenOptions(**options))
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield app, pilot


def text(app: HopscopeApp) -> str:
    """What is on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen's time is that of its snapshot, in UTC, on a terminal of known powers."""
    monkeypatch.setattr(HopscopeApp, "now_us", lambda self: self.snapshot.time_us)
    monkeypatch.setenv("TZ", "UTC")
    for name in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("hopscope.app.screens.terminal.sys.__stderr__", _Utf8())
    time.tzset()


class _Utf8:
    encoding = "utf-8"


def compare(shown: str, golden: Path) -> None:
    """Compare what is shown with a golden file, or write that anew where it is asked for."""
    if os.environ.get(WRITE) == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown + "\n")
    assert shown + "\n" == golden.read_text()
