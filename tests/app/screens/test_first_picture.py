"""The first picture: it comes before the toolkit, stands where the first frame has it, and leaves no trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.screens import first_picture
from hopscope.app.screens.options import ScreenOptions
from hopscope.widgets.glyphs import ASCII, UNICODE
from hopscope.widgets.ink import Ink, Palette
from hopscope.widgets.line import Line
from hopscope.widgets.tokens import TOKENS
from support.moving import MovingSource, SeveralTargets
from support.pty import PtyProgram
from support.screen import screen, stop_the_clock, text

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "", "LC_ALL": "C.UTF-8"}
SLOW = """
title = "Nothing answers soon"
hop = [{ address = "203.0.113.1", rtt_ms = 60000 }, { address = "203.0.113.2", rtt_ms = 60000 }]
"""


class Unanswered(MovingSource):
    """A measurement that has just begun."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """A snapshot without hops."""
        made = super().snapshots()[0]
        blank = replace(made, state="starting", hops=(), rounds=0, last_round=-1, reached=False, log_entries=())
        return (replace(blank, started_us=made.time_us),)


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    """A command line that traces a simulated path on which nothing answers."""
    scenario = tmp_path / "slow.toml"
    scenario.write_text(SLOW)
    return [HOPSCOPE, "--demo", str(scenario)]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40), (200, 55)])
@pytest.mark.parametrize(
    "options",
    [{}, {"view": "compact"}, {"view": "chart"}, {"ascii_only": True}, {"fields": "LSDR NBAWVG JMXI"},
     {"keys": (("export", "F2"),)}, {"network_field": 0}],
)  # fmt: skip
async def test_nothing_moves_when_the_first_frame_comes(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], options: dict[str, Any]
) -> None:
    """Every line of the first picture stands in the first frame, in the same row, character by character."""
    stop_the_clock(monkeypatch)
    source = Unanswered()
    wanted = ScreenOptions(**{"source_name": "lap3", **options})
    lines = first_picture.picture(
        source.snapshots(), source.privacy, wanted, size, ASCII if wanted.ascii_only else UNICODE
    )
    async with screen(source, size, **{"source_name": "lap3", **options}) as (app, _):
        rows = text(app).splitlines()
    assert {y: rows[y] for y in lines} == {y: line.fit(size[0]).text().rstrip() for y, line in lines.items()}
    assert len(lines) >= 3


async def test_several_targets_leave_room_for_their_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    """With several targets the picture begins a row below, where the first frame has the header."""
    stop_the_clock(monkeypatch)
    source = SeveralTargets(www_example_net=Unanswered(), db_example_org=Unanswered())
    lines = first_picture.picture(source.snapshots(), source.privacy, ScreenOptions(), (120, 40), UNICODE)
    async with screen(source, (120, 40)) as (app, _):
        rows = text(app).splitlines()
    assert min(lines) == 1
    assert {y: rows[y] for y in lines} == {y: line.text().rstrip() for y, line in lines.items()}


def test_it_needs_no_toolkit() -> None:
    """Neither the toolkit nor asyncio is loaded when the picture is painted, nor what it prints with."""
    script = (
        "import sys\nfrom hopscope.app.screens import first_picture, run\n"
        "from hopscope.widgets.ink import Palette\n"
        "assert first_picture.encode({}, 80, Palette(None))\n"
        "unwanted = {'textual', 'asyncio', 'plotext', 'rich.console', 'hopscope.app.path.path'}\n"
        "assert not unwanted & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize(
    ("colorterm", "term", "colours"),
    [
        ("truecolor", "xterm", "38;2;255;0;0"),
        ("24bit", "xterm-256color", "38;2;255;0;0"),
        ("", "xterm-256color", "38;5;196"),
        ("", "xterm", "31"),
    ],
)
def test_colours_are_those_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, colorterm: str, term: str, colours: str
) -> None:
    """A theme's colours are written as the terminal says that it knows them."""
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("TERM", term)
    palette = Palette(dict.fromkeys(TOKENS, "#ff0000"))
    assert f"\x1b[{colours};" in first_picture.encode({0: Line().add("lossy")}, 5, palette)


@pytest.mark.parametrize("colorterm", ["truecolor", ""])
def test_the_terminals_own_colours_are_left_to_it(monkeypatch: pytest.MonkeyPatch, colorterm: str) -> None:
    """One of the sixteen is named by its number, whatever else the terminal could show."""
    monkeypatch.setenv("COLORTERM", colorterm)
    line = Line().add("lossy", Ink("bad"))
    assert "\x1b[31mlossy\x1b[0m" in first_picture.encode({0: line}, 5, Palette(None))


def test_it_stands_before_the_toolkit_is_loaded(program: list[str]) -> None:
    """The terminal shows who is traced although no toolkit can be loaded, and then the error on its main screen."""
    block = "import sys; sys.modules['textual'] = None; from hopscope.app.cli import main; sys.exit(main())"
    with PtyProgram([sys.executable, "-c", block, *program[1:]], columns=120, rows=40, environment=TERMINAL) as shown:
        data = shown.read_until(b"internal error: ")
        assert shown.wait() == 1
        assert shown.attributes() == shown.attributes_before
    picture, _, rest = data.partition(LEAVE)
    assert picture.startswith(ENTER)
    assert b"203.0.113.2" in picture
    assert b"Waiting for the first answer from" in picture
    assert b"internal error: " in rest


def test_the_screen_is_entered_once_and_keys_are_not_lost(program: list[str]) -> None:
    """A key that is pressed while the toolkit loads is not echoed, and acts; the terminal is left as it was."""
    with PtyProgram(program, columns=120, rows=40, environment=TERMINAL) as shown:
        data = shown.read_until(b"Waiting for")
        shown.write(b"~q")
        data += shown.read_until(LEAVE)
        assert shown.wait() == 0
        assert shown.attributes() == shown.attributes_before
    assert data.count(ENTER) == 1
    assert b"~" not in data


def test_ctrl_z_while_the_toolkit_loads_waits_for_it(program: list[str]) -> None:
    """The program stops only when it has left the screen: a shell is never left on it."""
    with PtyProgram(program, columns=120, rows=40, environment=TERMINAL) as shown:
        shown.read_until(b"Waiting for")
        shown.write(b"\x1a")
        assert LEAVE in shown.read_until(LEAVE)


@pytest.mark.parametrize(
    ("name", "remedy"), [("no-such-theme", b"expected one of "), ("hopscope_drak", b"did you mean hopscope-dark?")]
)
def test_a_theme_that_is_not_there_is_said_on_the_main_screen(program: list[str], name: str, remedy: bytes) -> None:
    """Nothing is painted under a theme that is not ours; the error is readable, and the status 1."""
    with PtyProgram([*program, "--theme", name], environment=TERMINAL) as shown:
        data = shown.read_until(remedy)
        assert shown.wait() == 1
        assert shown.attributes() == shown.attributes_before
    assert ENTER not in data


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_toolkit_loads_gives_the_terminal_back(program: list[str], number: signal.Signals) -> None:
    """A signal right after the first picture restores screen and echo, whether the application has begun or not."""
    with PtyProgram(program, columns=120, rows=40, environment=TERMINAL) as shown:
        shown.read_until(b"Waiting for")
        os.kill(shown.pid, number)
        assert LEAVE in shown.read_until(LEAVE)
        assert shown.wait() == 128 + number
        assert shown.attributes() == shown.attributes_before
