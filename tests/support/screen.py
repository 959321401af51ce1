"""The screen in Textual's pilot, over a measurement that moves by itself."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.options import ScreenOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from support.moving import MovingSource
    from textual.pilot import Pilot


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
