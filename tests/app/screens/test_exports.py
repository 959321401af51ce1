"""What is exported on the screen is what a report of the same trace prints, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.launch.prepare import prepare
from hopscope.app.launch.probe_command import probe_command
from hopscope.app.options.model import read_options
from hopscope.app.replay.cursor import TimeCursor
from hopscope.app.report.batches import measure
from hopscope.app.report.formats import EXPORTS
from hopscope.app.report.progress import RoundsProgress
from hopscope.app.report.run import print_report
from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.export import picture
from hopscope.app.screens.over_time import OverTime
from hopscope.app.screens.run import screen_options
from hopscope.app.trace.child import start_child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hopscope.app.launch.plan import Plan
    from hopscope.app.report.formats import FormatName
    from hopscope.app.session import Session

LINES = (
    "--demo steady -c 3",
    "--demo balanced -c 12 -b -z",
    "--demo mpls -c 3 -e -o LDRSNBAWVGJMXI -y 2",
    "--demo silent-hop -c 3 -n --privacy 2",
    "--demo ipv6 -c 3 --layout next",
)


@pytest.fixture(scope="module", params=LINES)
def trace(request: pytest.FixtureRequest) -> Iterator[tuple[Plan, Session]]:
    """A trace of a simulated network that has ended."""
    options = read_options([*request.param.split(), "-r", "-i", "0.05", "--gracetime", "1"], {}, "hopscope")
    command, _ = probe_command(options, {})
    plan = prepare("hopscope", options, {}, start_child(command))
    session = plan.session()
    measure(session, plan, lambda: list(session.snapshots()), RoundsProgress(plan))
    yield plan, session
    session.close()


async def test_a_page_shows_the_screen(trace: tuple[Plan, Session]) -> None:
    """The page has the picture of the screen from which it was exported."""
    plan, session = trace
    app = HopscopeApp(OverTime(session, TimeCursor(session.keep_past(), session.fold)), screen_options(plan.options))
    async with app.run_test(size=(100, 30)):
        page = app.rendered("html")
    assert page.count("data:image/svg+xml;base64,") == 1


async def test_a_ticket_has_the_note(trace: tuple[Plan, Session]) -> None:
    """The key of the ticket asks for a note, and the copied ticket has it."""
    plan, session = trace
    app = HopscopeApp(OverTime(session, TimeCursor(session.keep_past(), session.fold)), screen_options(plan.options))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("backslash", *"slow", "enter")
        await pilot.pause()
        await pilot.pause()
        assert "Note: slow" in app.clipboard
        assert "Measured with hopscope" in app.clipboard


@pytest.mark.parametrize("name", [one.name for one in EXPORTS if not one.is_page])
async def test_an_export_has_the_bytes_of_the_report(
    name: FormatName, trace: tuple[Plan, Session], capfd: pytest.CaptureFixture[str]
) -> None:
    """Of the same snapshot each format is the same live and by -r, with the options of several command lines."""
    plan, session = trace
    app = HopscopeApp(OverTime(session, TimeCursor(session.keep_past(), session.fold)), screen_options(plan.options))
    async with app.run_test(size=(100, 30)):
        exported = app.rendered(name)
    plan.options = replace(plan.options, output=name)
    print_report(plan, session.snapshots())
    assert capfd.readouterr().out == exported
    assert exported


async def test_a_picture_points_nowhere(trace: tuple[Plan, Session]) -> None:
    """No address of a font server, nor of anything else that would be fetched, stands in a picture of the screen."""
    plan, session = trace
    app = HopscopeApp(OverTime(session, TimeCursor(session.keep_past(), session.fold)), screen_options(plan.options))
    async with app.run_test(size=(100, 30)):
        picture = app.rendered("svg")
    assert "@font-face" not in picture
    assert "url(http" not in picture
    assert "font-family" in picture


def test_equal_pictures_have_equal_bytes() -> None:
    """Styles are called by their first use in a text, and the picture by what is seen of it."""
    drawn = (
        "<style>.terminal-{id}-matrix {{ font-size: 20px; }}\n    .terminal-{id}-r{a} {{ fill: #111111 }}\n"
        ".terminal-{id}-r{b} {{ fill: #222222 }}\n    </style>"
        '<text class="terminal-{id}-r{b}" x="0">b</text><text class="terminal-{id}-r{a}" x="1">a</text>'
    )
    one, other = (picture(drawn.format(id=name, a=a, b=b)) for name, a, b in ((17, 1, 2), (23, 5, 3)))
    assert one == other
    assert one.index("-r1 { fill: #222222 }") < one.index("-r2 { fill: #111111 }")
    assert '-r1" x="0">b' in one
