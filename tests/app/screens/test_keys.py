"""Keys of the screen, pressed in Textual's pilot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.path.snapshot import LogEntry
from hopscope.app.resolve.origin import Origin
from hopscope.app.screens.stage import LATE_S, TICK_S
from hopscope.widgets.hop_table import HopTable
from hopscope.widgets.panel import Panel
from support.lab_source import LabSource
from support.moving import MovingSource
from support.screen import screen, text

if TYPE_CHECKING:
    from hopscope.app.screens.app import HopscopeApp


async def test_the_hops_are_shown() -> None:
    """Every hop has its row, the last one the target's name."""
    async with screen(MovingSource()) as (app, _):
        lines = text(app).splitlines()
        assert lines[4].startswith("  1   gw.lan")
        assert lines[15].startswith(" 12   www.example.net")


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_quitting(key: str) -> None:
    """Both q and Ctrl-C end with status 0."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert app.return_code == 0


@pytest.mark.parametrize(
    ("keys", "calls"),
    [
        (["p"], ["pause"]),
        (["P"], ["pause"]),
        (["ctrl+s"], ["pause"]),
        (["space"], ["pause"]),
        (["p", "space"], ["pause", "resume"]),
        (["p", "ctrl+q"], ["pause", "resume"]),
        (["r"], ["reset"]),
    ],
)
async def test_keys_that_command(keys: list[str], calls: list[str]) -> None:
    """Letters act in either case; Ctrl-Q resumes and does not quit."""
    source = MovingSource()
    async with screen(source) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert [name for name, _ in source.calls] == calls
        assert app.is_running


async def test_n_turns_names_off_and_on() -> None:
    """Addresses stand where the names stood."""
    async with screen(MovingSource()) as (app, pilot):
        assert "bng3" in text(app)
        await pilot.press("n")
        while "bng3" in text(app):
            await pilot.pause(0.02)
        assert "  2   198.51.100.2 " in text(app)
        await pilot.press("n")
        while "198.51.100.2 " in text(app):
            await pilot.pause(0.02)
        assert "  2   bng3.fra2" in text(app)


async def test_up_and_down_select() -> None:
    """Down selects the first hop, up from nothing the last; the graph follows."""
    async with screen(MovingSource()) as (app, pilot):
        await pilot.press("down", "down")
        await pilot.pause()
        assert app.view.selected == 2
        assert "▌ 2" in text(app)
        await pilot.press("g")
        await pilot.pause()
        assert "hop 2" in text(app).splitlines()[16]


async def test_a_long_path_keeps_its_target() -> None:
    """Thirty hops at 24 rows: the target's row is the last one, and the hidden hops are counted."""
    async with screen(MovingSource(hops=30)) as (app, pilot):
        lines = text(app).splitlines()
        assert lines[22].startswith(" 30   www.example.net")
        assert "↓ 12 more hops" in lines[21]
        await pilot.press(*["down"] * 20)
        await pilot.pause()
        lines = text(app).splitlines()
        assert "↑" in lines[4]
        assert any(line.startswith("▌20") for line in lines)
        assert lines[22].startswith(" 30   www.example.net")


async def test_a_panel_key_shows_fills_and_closes() -> None:
    """First press shows the tab, the second fills the screen, the third closes; Esc goes one step back."""
    async with screen(MovingSource()) as (app, pilot):
        panel = app.query_one(Panel)
        await pilot.press("g")
        await pilot.pause()
        assert panel.single == "rtt"
        await pilot.press("g")
        await pilot.pause()
        assert panel.size.height == 24 - 4
        await pilot.press("g")
        await pilot.pause()
        assert not panel.display
        assert app.query_one(HopTable).size.height == 20
        await pilot.press("v", "v")
        await pilot.pause()
        assert panel.size.height == 24 - 4
        await pilot.press("escape")
        await pilot.pause()
        assert panel.size.height < 24 - 4


async def test_resizing_keeps_the_table_whole() -> None:
    """A smaller terminal is a settle moment."""
    async with screen(MovingSource(), (120, 40)) as (app, pilot):
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        lines = text(app).splitlines()
        assert len(lines) == 20
        assert all(len(line) <= 60 for line in lines)
        assert "Host  (+4 columns)  Loss%  Last   Avg" in lines[3]


async def test_names_show_as_they_become_known() -> None:
    """A name that comes while nothing else moves, as when probing is paused, is painted."""
    source: Any = MovingSource()
    names, source.name = source.name, lambda _address: None
    async with screen(source) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert "bng3" not in text(app)
        source.name = names
        source.known_version += 1
        app.tick()
        await pilot.pause()
        assert "bng3" in text(app)


async def test_a_calm_screen_is_looked_after_once_a_second() -> None:
    """While all is calm the next look comes with the next second; after a command, and while a toast shows, sooner."""
    source: Any = MovingSource()
    async with screen(source) as (app, pilot):
        started_us = app.snapshot.started_us
        app.now_us = lambda: started_us + 60_200_000  # type: ignore[method-assign]
        app.update(force=True)
        app._tick_on()
        assert app._next_tick._interval == pytest.approx(0.8 + LATE_S)
        app.watch_closely()
        assert app._next_tick._interval == TICK_S
        app._tick_on()
        assert app._next_tick._interval == TICK_S
        app._close_until = 0.0
        app.say("Something to read.")
        await pilot.pause()
        app.update(force=True)
        app._tick_on()
        assert app._next_tick._interval == TICK_S


async def test_hiding_the_first_hops() -> None:
    """# hides three hops, or as many as were asked for, with their names, and shows them again."""
    source = MovingSource()
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("number_sign")
        await pilot.pause()
        assert "gw.lan" not in text(app)
        assert [line.split()[1] for line in text(app).splitlines()[5:9]] == [
            "hidden-1",
            "hidden-2",
            "hidden-3",
            "et-0-0-1.cr2.fra1.access.examp…",
        ]
        assert "First 3 hops and this host hidden" in text(app)
        await pilot.press("number_sign")
        await pilot.pause()
        assert "gw.lan" in text(app)
        assert source.privacy.hops == 0


async def test_details_name_the_target_s_other_addresses() -> None:
    """Of a name with several addresses one is traced; the others stand in the details of the target."""
    source = MovingSource()
    source.target = replace(source.target, others=("192.0.2.81", "192.0.2.82", "192.0.2.83", "192.0.2.84"))
    async with screen(source, (120, 40)) as (app, pilot):
        await pilot.press("end", "enter")
        while "hop 12 " not in text(app):
            await pilot.pause(0.02)
        assert "also at       192.0.2.81, 192.0.2.82, 192.0.2.83 and 1 more" in text(app)
        await pilot.press("up")
        while "hop 11 " not in text(app):
            await pilot.pause(0.02)
        assert "also at" not in text(app)


async def test_a_unfolds_all_hops_or_the_selected_one() -> None:
    """With nothing selected all hops show their addresses; with a hop selected it is folded against the rest."""

    def unfolded(app: HopscopeApp) -> list[str]:
        return [line[1:3].strip() for line in text(app).splitlines() if "2 addresses" in line]

    async with screen(MovingSource(60, change_at=50), (120, 40)) as (app, pilot):
        await pilot.press("a")
        await pilot.pause()
        assert unfolded(app) == ["4", "5", "6"]
        await pilot.press(*["down"] * 5, "A")
        await pilot.pause()
        assert unfolded(app) == ["4", "6"]
        await pilot.press("escape", "a")
        await pilot.pause()
        assert unfolded(app) == []
        await pilot.press(*["down"] * 5, "a")
        await pilot.pause()
        assert unfolded(app) == ["5"]
        await pilot.press("down", "down", "a")
        await pilot.pause()
        assert unfolded(app) == ["5"]
        assert "Hop 7 has only one address" in text(app)


@pytest.mark.parametrize(
    ("width", "answer"),
    [
        (
            120,
            "The probe process died 3 times in 10 s: killed by signal 9. Numbers so far are kept; x exports, q quits.",
        ),
        (100, "The probe process died 3 times in 10 s: killed by signal 9."),
        (80, "The probe process died 3 times in 10 s: killed by signal 9."),
        (60, "Probing has stopped."),
    ],
)
async def test_a_probe_process_that_is_gone(width: int, answer: str) -> None:
    """The longest wording that fits says why, and what can still be done; the clock stands still."""
    source: Any = MovingSource()
    [made] = source.snapshots()
    gone = replace(made, state="failed", reason="the probe process died 3 times in 10 s: killed by signal 9")
    source.snapshots = lambda: (gone,)
    async with screen(source, (width, 24)) as (app, _):
        lines = text(app).splitlines()
        assert lines[2].strip() == f"■ {answer}"
        assert lines[0].endswith("■ probe gone  0:01:00")


async def test_loss_is_in_the_log() -> None:
    """Where loss began has the mark of a fault, where it was over that of a note, newest first."""
    source: Any = MovingSource()
    [made] = source.snapshots()
    began = LogEntry(made.time_us - 40_000_000, 20, "loss-started", "stopped answering: 5 lost in a row", 8, 12)
    over = LogEntry(made.time_us - 20_000_000, 40, "loss-ended", "answers again after 20 rounds", 12, 12)
    logged = replace(made, log_entries=(*made.log_entries, began, over))
    source.snapshots = lambda: (logged,)
    async with screen(source) as (app, pilot):
        await pilot.press("l")
        await pilot.pause()
        lines = [line[10:] for line in text(app).splitlines()[17:20]]
        assert lines[0] == "○ hop 12    answers again after 20 rounds"
        assert lines[1] == "■ hops 8-12 stopped answering: 5 lost in a row"
        assert lines[2].startswith("○ start")


async def test_y_goes_through_what_is_known_of_networks() -> None:
    """Each press shows the next fact, up to the AS's name and the city, cut where they are long; z ends it."""
    source = MovingSource()
    long = "A Telephone and Telegraph Company of Some Length"
    source.origins["198.51.100.2"] = Origin((64500,), "198.51.100.0/24", "US", "arin", "2008-01-01", long, "Zürich")
    async with screen(source, (120, 40)) as (app, pilot):
        shown = []
        for _ in range(8):
            await pilot.press("y")
            await pilot.pause()
            lines = text(app).splitlines()
            shown.append((lines[4][38:64].split("  ")[0].strip(), lines[6][38:64].split("  ")[0].strip()))
        assert shown == [
            ("AS", "AS64500"),
            ("Prefix", "198.51.100.0/24"),
            ("Country", "US"),
            ("Registry", "arin"),
            ("Allocated", "2008-01-01"),
            ("AS name", "A Telephone and Telegra…"),
            ("City", "Zürich"),
            ("AS", "AS64500"),
        ]
        await pilot.press("z")
        await pilot.pause()
        assert not source.origins_on


async def test_the_zoom_of_time() -> None:
    """``<`` lets each cell stand for more time, ``>`` for less; the title says how far back the strip reaches."""
    async with screen(LabSource("flap", rounds=130, interval_us=1_000_000), size=(120, 40)) as (app, pilot):

        def strips() -> tuple[str, str]:
            lines = text(app).splitlines()
            return lines[4][81:].split("  ")[0], lines[5][81:].strip()

        shown = []
        for key in ("", "<", "<", "<", "<", ">", ">", ">", ">"):
            if key:
                await pilot.press(key)
                await pilot.pause()
            reach, cells = strips()
            shown.append((reach, len(cells.replace("│", ""))))
        zooms = [("38 s", shown[0][1]), ("380 s", 13), ("38 min", 3), ("6 h", 1)]
        assert shown == [*zooms, zooms[3], *reversed(zooms[:3]), zooms[0]]
        assert shown[0][1] > 20
