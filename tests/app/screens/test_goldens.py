"""Every view at every size, character by character: ``HOPSCOPE_GOLDEN=write pytest`` writes the files anew."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.lab_source import LabSource
from support.lane_source import (
    LaneSource,
    both_directions,
    repeated,
    ten_places,
    three_places,
    two_kinds,
    with_lost_link,
)
from support.moving import MovingSource, SeveralTargets
from support.pasts import EPISODE, KeptSource
from support.screen import attributes, compare, screen, stop_the_clock, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hopscope.app.screens.app import HopscopeApp
    from hopscope.app.screens.source import Source

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(60, 20), (80, 24), (120, 40), (200, 55)]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still."""
    stop_the_clock(monkeypatch)


def healthy() -> MovingSource:
    """Nothing is wrong."""
    return MovingSource(334, spikes=0.01)


def lossy() -> MovingSource:
    """Loss from hop 8 on."""
    return MovingSource(310, loss_from=8)


def changed() -> MovingSource:
    """Hops 4 to 6 were replaced 20 s ago."""
    return MovingSource(334, change_at=314)


def silent() -> MovingSource:
    """Hop 6 and the target never answer."""
    return MovingSource(60, silent=(6, 12))


def targets() -> MovingSource:
    """Three targets, one of them in trouble."""
    return SeveralTargets(www_example_net=healthy(), db_example_org=lossy(), vpn_example_com=changed())


def lanes_in_trouble() -> LaneSource:
    """Three places, of which two lose; the link to a fourth was lost twelve seconds ago."""
    return with_lost_link(three_places())


def many_lanes() -> LaneSource:
    """Three targets from ten places."""
    return repeated(ten_places(30), 3)


def diamonds() -> MovingSource:
    """Two ways, then four, then two that packets take by turns."""
    return LabSource("balanced", rounds=60, flows=57)


def looked_back() -> Source:
    """A path that changes, some while ago."""
    return KeptSource("path-change", 80)


def replayed() -> Source:
    """Loss that begins and ends."""
    return KeptSource(EPISODE, 420, replay=True)


def replayed_change() -> Source:
    """A path that changes."""
    return KeptSource("path-change", 50, replay=True)


def unequal() -> MovingSource:
    """One way reaches the target a hop sooner than the other, which has a silent hop."""
    return LabSource(UNEQUAL, rounds=40, flows=16)


UNEQUAL = """
title = "Ways of two lengths, by packet"
hop = [
    { address = "192.0.2.1", rtt_ms = 1, name = "gateway.example" },
    { address = ["198.51.100.1", "198.51.100.5"], rtt_ms = 5, name = ["near.example", "far.example"] },
    { address = "198.51.100.9", rtt_ms = 6, silent = true },
    { address = ["203.0.113.1", "203.0.113.80"], rtt_ms = 8, name = ["last.example", "www.example.org"] },
    { address = "203.0.113.80", rtt_ms = 9, name = "www.example.org" },
]
"""
VIEWS: dict[str, tuple[Callable[[], Source], str]] = {
    "healthy": (healthy, ""),
    "loss": (lossy, "down " * 8),
    "change": (changed, ""),
    "silent": (silent, ""),
    "long": (lambda: MovingSource(60, hops=30), ""),
    "events": (changed, "l"),
    "jitter": (lossy, "g g"),
    "distribution": (healthy, "w"),
    "chart": (lossy, "2"),
    "graph": (changed, "down down down down down down k end 3"),
    "compact": (healthy, "4"),
    "overview": (targets, "0 right_square_bracket"),
    "both": (both_directions, "6 z right_square_bracket down"),
    "overview-lanes": (lanes_in_trouble, "0 equals_sign down"),
    "overview-many": (many_lanes, "0 end up"),
    "merged": (three_places, "6 down down down"),
    "merged-ten": (ten_places, "6 z end"),
    "merged-kinds": (two_kinds, "6"),
    "merged-node": (three_places, "6 right_square_bracket down down down down enter"),
    "details": (changed, "down down down down enter"),
    "map": (diamonds, "5"),
    "map-unequal": (unequal, "5"),
    "map-varied": (healthy, "5"),
    "help": (healthy, "question_mark"),
    "commands": (healthy, "ctrl+p t h e m e"),
    "unfolded": (changed, "a"),
    "jitter-columns": (healthy, "j"),
    "older": (looked_back, "comma comma comma right_parenthesis"),
    "replay": (replayed, "left_parenthesis left_parenthesis right_curly_bracket"),
    "replay-end": (replayed_change, ""),
    "this-path": (changed, "asterisk"),
    "prompt": (healthy, "s 7 0 0 0 0"),
}


async def shown(view: str, size: tuple[int, int], look: Callable[[HopscopeApp], str] = text, **options: object) -> str:
    """A view as ``look`` sees it: its characters."""
    make, keys = VIEWS[view]
    async with screen(make(), size, source_name="lap3", **options) as (app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        app.hide_toast()
        await pilot.pause()
        app.update(force=True)
        await pilot.pause()
        return look(app)


def only_ascii(app: HopscopeApp) -> str:
    """The characters, all of them ASCII."""
    found = text(app)
    assert found.isascii()
    return found


async def compare_all(view: str, sizes: Sequence[tuple[int, int]], ending: str = "", **options: Any) -> None:
    """Compare a view with its goldens, one a size; the screens run side by side."""
    screens = await asyncio.gather(*(shown(view, size, **options) for size in sizes))
    for (width, height), found in zip(sizes, screens, strict=True):
        compare(found, GOLDEN / f"{view}-{width}x{height}{ending}.txt")


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view(view: str) -> None:
    """Each view from a small terminal to a large one."""
    await compare_all(view, SIZES)


@pytest.mark.parametrize("view", ["healthy", "change", "graph", "chart", "overview", "details", "distribution"])
async def test_the_largest(view: str) -> None:
    """What depends on the size most, on a wall."""
    await compare_all(view, [(300, 80)])


@pytest.mark.parametrize("view", VIEWS)
async def test_ascii(view: str) -> None:
    """With plain characters asked for, nothing else is sent: borders, marks, graphs included."""
    sizes = [(80, 24), (120, 40)]
    await compare_all(view, sizes, "-ascii", look=only_ascii, ascii_only=True)


@pytest.mark.parametrize("view", VIEWS)
async def test_without_colours(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR bold, dim, underline and reverse alone tell apart what colours do elsewhere."""
    monkeypatch.setenv("NO_COLOR", "1")
    await compare_all(view, [(80, 24)], "-mono", look=attributes)
