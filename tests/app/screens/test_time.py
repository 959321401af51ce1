"""Looking back, and replays, on the screen."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from support.moving import MovingSource
from support.pasts import EPISODE, OFFSET_US, KeptSource
from support.screen import screen, text

if TYPE_CHECKING:
    from hopscope.app.screens.app import HopscopeApp

SECOND_US = 1_000_000


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are those of the reader's zone."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def is_back(app: HopscopeApp) -> bool:
    """As it is by now; the type checker takes a property for what does not change."""
    return app.is_back


def lines(shown: str) -> tuple[str, str, str]:
    """The header's first row, the answer, and the time line's labels."""
    rows = shown.splitlines()
    return rows[0], rows[2], rows[-2]


async def test_everything_is_of_the_moment() -> None:
    """Header, answer, table, events and time line are those of the moment that was jumped to."""
    source = KeptSource(EPISODE, 420, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        top, _, _ = lines(text(app))
        assert "replay of 2026-11-22 00:00:01-00:07:00   ‖ 00:07:00   1x" in top
        assert "other.isp.example" in text(app)
        await pilot.press("at", *"00:04:20", "enter")
        await pilot.pause()
        shown = text(app)
        top, answer, below = lines(shown)
        assert "‖ 00:04:20" in top
        assert "oss" in answer
        assert "answers again" in shown
        assert "other.isp.example" not in shown
        assert "00:04:20" in below
        moment = source.kept.recomputed(app.now_us())
        assert app.now_us() + OFFSET_US == 1_795_305_860 * SECOND_US
        assert app.snapshot == moment
        row = next(line for line in shown.splitlines() if line.startswith("  5 "))
        assert row.split()[3:5] == [f"{moment.hops[4].loss_milli_percent / 1000:.1f}", str(moment.hops[4].completed)]


async def test_a_replay_measures_nothing() -> None:
    """What would change the measurement is refused with a sentence."""
    source = KeptSource("steady", 20, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        for key in ("r", "u", "i", "exclamation_mark", "insert"):
            await pilot.press(key)
            await pilot.pause()
            assert "This is a replay: nothing is measured" in text(app)
            assert app.typing is None
            assert not app.overlays
            app.hide_toast()
        assert source.measured.calls == []
        assert "ress !" not in text(app)


async def test_it_plays_and_stops() -> None:
    """Space plays from the beginning and stops; braces change the speed, which the header says."""
    source = KeptSource("steady", 60, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("space", "right_curly_bracket")
        source.clock.now_us += 5 * SECOND_US
        app.tick()
        await pilot.pause()
        assert "▶ 00:00:11   2x" in lines(text(app))[0]
        assert app.snapshot.rounds == 11
        await pilot.press("space")
        source.clock.now_us += 5 * SECOND_US
        app.tick()
        await pilot.pause()
        assert "‖ 00:00:11   2x" in lines(text(app))[0]


async def test_looking_back_while_it_runs() -> None:
    """The past is shown while measuring goes on, and steps forward lead back to the present."""
    source = KeptSource("path-change", 80)
    async with screen(source, (120, 40)) as (app, pilot):
        rounds = app.snapshot.rounds
        await pilot.press("comma")
        await pilot.pause()
        assert app.snapshot.rounds == rounds - 10
        assert "looking back" in text(app)
        assert "up to" in text(app)
        await pilot.press("left", "comma")
        await pilot.pause()
        assert app.snapshot.rounds in {rounds - 21, rounds - 20}
        assert source.measured.calls == []
        for _ in range(24):
            await pilot.press("full_stop")
        await pilot.pause()
        assert app.snapshot.rounds == rounds
        assert "looking back" not in text(app)
        assert "up to" not in text(app)


async def test_commands_show_the_present_first() -> None:
    """Esc leads back, and so does what changes the measurement."""
    source = KeptSource("steady", 40)
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("comma", "escape")
        assert not is_back(app)
        await pilot.press("comma")
        assert is_back(app)
        await pilot.press("u")
        assert not is_back(app)
        assert source.measured.calls == [("change", {"protocol": "udp"})]


async def test_the_time_line_is_there_while_one_looks_back() -> None:
    """It takes its rows from the bottom alone; no row of the table moves."""
    source = KeptSource("path-change", 80)
    async with screen(source, (120, 40)) as (app, pilot):
        first = [line[:40] for line in text(app).splitlines()[4:10]]
        assert not app.parts.time_line.display
        await pilot.press("comma")
        await pilot.pause()
        assert app.parts.time_line.size.height == 2
        assert [line[:40] for line in text(app).splitlines()[4:10]] == first
        await pilot.press("escape")
        await pilot.pause()
        assert not app.parts.time_line.display


async def test_the_mouse_goes_to_a_moment() -> None:
    """A click on the time line goes to its place, one into a strip to the round of the cell."""
    source = KeptSource("steady", 101, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        line = app.parts.time_line
        await pilot.click(line, offset=(1 + (line.size.width - 3) // 2, 0))
        await pilot.pause()
        history = source.time.history
        middle = (history.began_us + history.ended_us) / 2
        assert abs(source.time.at_us - middle) < (history.ended_us - history.began_us) / 100
        source.time.go_live()
        app.bring()
        app.update(force=True)
        await pilot.pause()
        rounds = app.snapshot.rounds
        row = text(app).splitlines()[5]
        newest = len(row.rstrip()) - 1
        await pilot.click(app.table, offset=(newest - 7, 1))
        await pilot.pause()
        assert app.snapshot.rounds == rounds - 7
        assert app.view.selected == 1


async def test_events_one_by_one() -> None:
    """Parentheses go from event to event, and say where there is none."""
    source = KeptSource(EPISODE, 420, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        seen = []
        for _ in range(4):
            await pilot.press("left_parenthesis")
            await pilot.pause()
            seen.append(app.snapshot.log_entries[-1].kind)
        assert seen[0] == "path-changed"
        assert seen[1:4] == ["loss-ended", "loss-started", "loss-ended"]
        await pilot.press("at", *"end", "enter", "right_parenthesis")
        await pilot.pause()
        assert "No later event" in text(app)


async def test_what_is_typed_must_be_a_moment_of_the_session() -> None:
    """A time before or after it, or no time, is not accepted."""
    source = KeptSource("steady", 60, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        for words, accepted in (("noon", False), ("03:00", False), ("-20s", True), ("00:00:31", True), ("start", True)):
            await pilot.press("at", *words)
            assert app.typing is not None
            assert (app.typing.value() is not None) == accepted
            await pilot.press("escape")


async def test_a_source_without_a_past_says_so() -> None:
    """Where nothing is kept, the keys say that."""
    async with screen(MovingSource(), (120, 40)) as (app, pilot):
        for key in ("comma", "left", "at", "left_parenthesis"):
            await pilot.press(key)
            await pilot.pause()
            assert "No earlier moment is kept" in text(app)
            app.hide_toast()


async def test_hidden_hops_stay_hidden() -> None:
    """What privacy hides is hidden at every moment."""
    source = KeptSource("steady", 60, replay=True)
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("number_sign", "left", "left")
        await pilot.pause()
        assert "hidden-1" in text(app)
        assert "gateway" not in text(app)
