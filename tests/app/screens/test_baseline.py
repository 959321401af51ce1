"""A baseline on the screen: an entry among the verdicts, marked rows, and a band in the graph."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.compare.baseline import Baseline
from hopscope.app.compare.of_snapshot import of_snapshot
from hopscope.app.sanitize import NOTHING, sanitize
from support.moving import MovingSource
from support.screen import screen, text


def baseline(*, faster_us: int = 0, from_ttl: int = 5) -> Baseline:
    """What the moving source shows after 100 rounds, with hops that answered sooner."""
    source = MovingSource(100)
    trace = of_snapshot(source.snapshots()[0], sanitize("monday"), NOTHING, sanitize, lambda _address, _kind: None)
    hops = tuple(
        replace(hop, rtts_us=tuple(max(rtt - faster_us, 1) for rtt in hop.rtts_us)) if hop.ttl >= from_ttl else hop
        for hop in trace.hops
    )
    return Baseline([replace(trace, hops=hops, started_us=None)])


async def test_what_differs_is_told_and_marked() -> None:
    """The sentence leads the verdicts, the rows that differ have a mark, and the graph has the band of before."""
    async with screen(MovingSource(100), (120, 40), baseline=baseline(faster_us=5_000, from_ttl=6)) as (app, pilot):
        app.update(force=True)
        await pilot.pause()
        shown = text(app)
        flat = " ".join(shown.split())
        assert "Slower than in monday: +5.0 ms from hop 6 on" in flat
        rows = [line for line in shown.splitlines() if "* " in line]
        assert any("* be3084.ccr42" in line for line in rows)
        assert not any("gw.lan" in line for line in rows)
        assert "░" in shown


async def test_without_a_baseline_nothing_is_marked() -> None:
    """A screen that is held against nothing looks as ever."""
    async with screen(MovingSource(100), (120, 40)) as (app, _pilot):
        assert "monday" not in text(app)
        assert "* " not in text(app)
        assert "░" not in text(app)


async def test_the_same() -> None:
    """Where nothing differs that is said, and no row is marked."""
    async with screen(MovingSource(100), (120, 40), baseline=baseline()) as (app, pilot):
        await pilot.press("v")
        await pilot.pause()
        app.update(force=True)
        await pilot.pause()
        assert "As in monday" in " ".join(text(app).split())
        assert "* " not in text(app)
