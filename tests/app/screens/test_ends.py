"""How the screen ends on a real terminal: signals, a terminal that is gone, one that is stuck."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from support.pty import PtyProgram

ALT_SCREEN_OFF = b"\x1b[?1049l"
MOVING = [sys.executable, str(Path(__file__).parents[2] / "support" / "moving.py")]


def started() -> PtyProgram:
    """The screen over a canned measurement, its first frame shown."""
    program = PtyProgram(MOVING, environment={"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm-256color"})
    program.read_until(b"www.example.net")
    return program


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGIO, signal.SIGRTMAX]
)
def test_a_signal_restores_the_terminal(number: signal.Signals) -> None:
    """The alternate screen is left, and the exit status names the signal, whichever it is."""
    with started() as program:
        os.kill(program.pid, number)
        assert ALT_SCREEN_OFF in program.read_until(ALT_SCREEN_OFF)
        assert program.wait() == 128 + number


def test_a_hang_up_ends_it() -> None:
    """Whoever hangs up leaves no program behind."""
    with started() as program:
        os.kill(program.pid, signal.SIGHUP)
        assert program.wait() == 128 + signal.SIGHUP


def test_a_terminal_that_is_gone_ends_it() -> None:
    """The end of the input is the end of the program; it never spins."""
    with started() as program:
        program.close_terminal()
        assert program.wait() == 128 + signal.SIGHUP


def test_a_signal_is_heard_while_the_terminal_is_stuck() -> None:
    """Nobody reads the terminal: SIGTERM still ends the program, and what it left restores the terminal."""
    with started() as program:
        program.fill()
        os.kill(program.pid, signal.SIGTERM)
        assert program.wait() == 128 + signal.SIGTERM
        assert ALT_SCREEN_OFF in program.read_until(ALT_SCREEN_OFF)


def test_quitting_leaves_the_terminal_as_it_was() -> None:
    """After q: main screen, echo on, status 0."""
    with started() as program:
        before = program.attributes_before
        program.write(b"q")
        assert ALT_SCREEN_OFF in program.read_until(ALT_SCREEN_OFF)
        assert program.wait() == 0
        assert program.attributes() == before
