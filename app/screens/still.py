"""The screen drawn without a terminal: the picture of what was measured, for pages that a report writes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..replay.recorded_source import RecordedSource
from .app import HopscopeApp
from .export import picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.snapshot import Snapshot
    from ..replay.cursor import TimeCursor
    from .options import ScreenOptions
    from .source import Source

WIDTH, HEIGHT_LEAST, HEIGHT_MOST = 120, 30, 60
BESIDE_HOPS = 22  # rows of the screen that show no hop
TURNS_MAX = 50  # of the event loop, until the rules have been asked


class StillSource(RecordedSource):
    """Traces that are over, at the moment at which the last of them ended."""

    time: TimeCursor | None = None  # no other moment is kept

    def now_us(self) -> int:
        """When the last trace ended."""
        return max(one.time_us for one in self.snapshots())


def drawn(source: Source, options: ScreenOptions) -> str:
    """The screen with traces that are over as an SVG document; empty where there is none."""
    snapshots = source.snapshots()
    return asyncio.run(_drawn(HopscopeApp(source, options), snapshots)) if snapshots else ""


async def _drawn(app: HopscopeApp, snapshots: Sequence[Snapshot]) -> str:
    hops = max(len(one.hops) for one in snapshots)
    height = min(max(hops + BESIDE_HOPS, HEIGHT_LEAST), HEIGHT_MOST)
    async with app.run_test(size=(WIDTH, height)) as pilot:
        for _ in range(TURNS_MAX):
            await pilot.pause()
            if not app.judge.waits:
                break
        await app.workers.wait_for_complete()
        app.update(force=True)
        await pilot.pause()
        return picture(app.export_screenshot(title=app.TITLE))
