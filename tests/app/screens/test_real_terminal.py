"""The shipped program on real terminals: tmux, a pty that nobody reads, suspension, colours, hostile names."""

from __future__ import annotations

import os
import re
import signal
import sys
from functools import partial
from pathlib import Path

import pytest
from support.pty import PtyProgram
from support.tmux import Terminal

HOPSCOPE = str(Path(sys.executable).parent / "hopscope")
MOVING = [sys.executable, str(Path(__file__).parents[2] / "support" / "moving.py")]
HERE = {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
SEEN_AT = {60: ("(+4 columns)", "e2e"), 200: ("p99", "w Distribution"), 80: ("(+2 columns)", "end to end")}
RGB = re.compile(rb"\x1b\[[0-9;]*[34]8;[25];")


def is_whole(shown: str, *, width: int, height: int) -> bool:
    """Whether all rows are there, none too wide, and the clock stands once, at the right."""
    lines = shown.rstrip("\n").split("\n")
    clock = re.findall(r"running +\d:\d\d:\d\d", shown)
    fits = len(lines) == height and max(len(line) for line in lines) <= width
    return fits and len(clock) == 1 and all(text in shown for text in SEEN_AT[width])


@pytest.mark.tmux
def test_the_demo_in_tmux() -> None:
    """All hops, the panel, the details, the export dialog; q leaves a clean terminal behind."""
    with Terminal([HOPSCOPE, "--demo"], width=100, height=40) as terminal:
        terminal.wait_for("www.example.org", " 12 ")
        terminal.wait_until(lambda shown: "Fine so far" in shown or "No fault found" in shown, "the answer")
        assert terminal.in_alternate_screen()
        terminal.keys("Down", "Enter")
        terminal.wait_for("─ hop 1 ─", "ICMP seen")
        terminal.keys("Escape")
        terminal.wait_until(lambda shown: "ICMP seen" not in shown)
        terminal.keys("2")
        terminal.wait_for("Scale")
        terminal.keys("3")
        terminal.wait_for("jitter: change")
        terminal.keys("1", "x")
        terminal.wait_for("Export", "new file in")
        terminal.keys("Escape")
        terminal.wait_until(lambda shown: "new file in" not in shown)
        terminal.keys("p")
        terminal.wait_for("paused")
        terminal.keys("q")
        assert terminal.wait_exit() == 0
        assert not terminal.in_alternate_screen()


@pytest.mark.tmux
def test_resizing_while_it_runs() -> None:
    """From wide to narrow to too small and back: the table is whole each time."""
    with Terminal([HOPSCOPE, "--demo"], width=120, height=40) as terminal:
        terminal.wait_for("www.example.org", "g RTT")
        for width, height in ((60, 20), (200, 55), (80, 24)):
            terminal.resize(width, height)
            terminal.wait_until(partial(is_whole, width=width, height=height), f"a whole screen of {width}x{height}")
        terminal.resize(40, 8)
        terminal.wait_for("Terminal too small")
        terminal.resize(80, 24)
        terminal.wait_for("Loss%")


@pytest.mark.tmux
def test_suspended_and_resumed_it_goes_on() -> None:
    """Ctrl-Z gives the terminal back, fg takes it again, and the statistics are still there."""
    shell = ["bash", "--norc", "-i"]
    with Terminal(shell, width=80, height=24, environment={"PS1": "ready> "}) as terminal:
        terminal.wait_for("ready>")
        terminal.keys(f"{HOPSCOPE} --demo", "Enter")
        terminal.wait_for("www.example.org", "Loss%")
        terminal.keys("C-z")
        terminal.wait_for("Stopped")
        assert not terminal.in_alternate_screen()
        terminal.keys("fg", "Enter")
        terminal.wait_for("Loss%", "running")
        terminal.keys("q")
        terminal.wait_until(lambda shown: "Loss%" not in shown)


@pytest.mark.tmux
def test_the_terminal_knows_its_size_best() -> None:
    """COLUMNS and LINES in the environment, as containers and test runners export them, mislead nobody."""
    wrong = {"COLUMNS": "50", "LINES": "12"}
    with Terminal([HOPSCOPE, "--demo"], width=200, height=55, environment=wrong) as terminal:
        terminal.wait_until(partial(is_whole, width=200, height=55), "a whole screen of 200x55")
        terminal.resize(80, 24)
        terminal.wait_until(partial(is_whole, width=80, height=24), "a whole screen of 80x24")
        terminal.keys("q")


def test_a_stalled_terminal_stops_nothing() -> None:
    """Nobody reads for a while: the program goes on, and the picture is right and recent when somebody does."""
    with PtyProgram([*MOVING, "rounds=100"], environment=HERE) as program:
        program.read_until(b"www.example.net")
        program.fill()
        before = program.cpu_s()
        program.drain()
        program.write(b"\x0c")
        assert b"www.example.net" in program.read_until(b"www.example.net")
        assert program.cpu_s() - before < 5
        program.write(b"q")
        assert program.wait() == 0


@pytest.mark.parametrize(
    ("variables", "colours"),
    [({"NO_COLOR": "1"}, False), ({"TERM": "linux", "COLORTERM": ""}, False), ({}, True)],
    ids=["NO_COLOR", "linux", "truecolor"],
)
def test_colours_follow_the_terminal(variables: dict[str, str], colours: bool) -> None:
    """With NO_COLOR no colour is sent at all, on the linux console none but its own."""
    with PtyProgram(MOVING, environment={**HERE, **variables}) as program:
        data = program.read_until(b"www.example.net")
        program.write(b"q")
        data += program.read_until(b"\x1b[?1049l")
        assert bool(RGB.search(data)) is colours
        if "NO_COLOR" in variables:
            assert not re.search(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|4[0-7]|9[0-7])m", data)


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}], ids=["C", "latin-1"])
def test_a_terminal_without_unicode_gets_ascii(variables: dict[str, str]) -> None:
    """Nothing beyond ASCII, and no escaped characters in place of glyphs."""
    with PtyProgram(MOVING, environment={**HERE, **variables}) as program:
        data = program.read_until(b"www.example.net")
        program.write(b"?")
        data += program.read_until_shown("display mode")
        os.kill(program.pid, signal.SIGTERM)
        program.wait()
        assert data.isascii()
        assert b"\\u" not in data


def test_bytes_stay_near_mtrs() -> None:
    """Thirty hops that all change: the byte budget of a slow line, per round that was painted, not per second."""
    with PtyProgram([HOPSCOPE, "--demo", "long"], columns=120, rows=40, environment=HERE) as program:
        program.read_until_shown(" 30 ")  # the whole table: the first frame is behind us
        program.read_for(4)
        data = program.read_for(5)
        frames = max(5, data.count(b"\x1b[0m"))
        assert len(data) / frames < 2_000
        program.write(b"q")
        program.wait()
