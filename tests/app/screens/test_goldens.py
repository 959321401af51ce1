"""Every view at four sizes, character by character: ``HOPSCOPE_GOLDEN=write pytest`` writes the files anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.moving import MovingSource, SeveralTargets
from support.screen import compare, screen, stop_the_clock, text

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


VIEWS = {
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
    "details": (changed, "down down down down enter"),
    "help": (healthy, "question_mark"),
    "commands": (healthy, "ctrl+p t h e m e"),
    "unfolded": (changed, "a"),
    "jitter-columns": (healthy, "j"),
    "older": (changed, "comma comma"),
    "this-path": (changed, "asterisk"),
    "prompt": (healthy, "s 7 0 0 0 0"),
}


async def shown(view: str, size: tuple[int, int], **options: object) -> str:
    """The characters of a view."""
    make, keys = VIEWS[view]
    async with screen(make(), size, source_name="lap3", **options) as (app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        app.hide_toast()
        await pilot.pause()
        app.update(force=True)
        await pilot.pause()
        return text(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", ["healthy", "loss", "change"])
async def test_the_table(view: str, size: tuple[int, int]) -> None:
    """The view that opens by default."""
    compare(await shown(view, size), GOLDEN / f"{view}-{size[0]}x{size[1]}.txt")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", [view for view in VIEWS if view not in {"healthy", "loss", "change"}])
async def test_the_other_views(view: str, size: tuple[int, int]) -> None:
    """Each of them where most will see it."""
    compare(await shown(view, size), GOLDEN / f"{view}-{size[0]}x{size[1]}.txt")


@pytest.mark.parametrize("size", [(60, 20), (200, 55)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", ["chart", "graph", "overview", "details", "help", "long"])
async def test_the_smallest_and_the_largest(view: str, size: tuple[int, int]) -> None:
    """What depends on the size most."""
    compare(await shown(view, size), GOLDEN / f"{view}-{size[0]}x{size[1]}.txt")


@pytest.mark.parametrize("view", ["loss", "change", "graph", "chart", "help", "details", "unfolded", "overview"])
async def test_ascii(view: str) -> None:
    """With plain characters asked for, nothing else is sent: borders, marks, graphs included."""
    found = await shown(view, (120, 40), ascii_only=True)
    assert found.isascii()
    compare(found, GOLDEN / f"{view}-120x40-ascii.txt")
