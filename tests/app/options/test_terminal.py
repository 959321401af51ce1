"""Screen or report, and where keys come from."""

from __future__ import annotations

import shlex

from hopscope.app.options.model import Options
from hopscope.app.options.terminal import settle_output
from hopscope.app.settings import TraceSettings
from support.program import ENVIRONMENT, command
from support.pty import PtyProgram

SCREEN = "gateway.home.example"
ENTER = b"\x1b[?1049h"


def shell(line: str, name: str = "hopscope") -> list[str]:
    program = shlex.join(command("--demo", name=name))
    return ["/bin/sh", "-c", line.format(program) + "; echo status=$?"]


def test_reports_end_and_what_people_watch_does_not() -> None:
    """Ten rounds where the output waits for the end; a number that was given stays."""
    assert settle_output(Options(output="json")).settings.rounds == 10
    assert settle_output(Options(output="raw")).settings.rounds == 10
    assert settle_output(Options(output="split")).settings.rounds is None
    assert settle_output(Options(output="json", settings=TraceSettings(rounds=3))).settings.rounds == 3


def test_keys_come_from_the_terminal_when_input_is_something_else() -> None:
    """With standard input redirected or closed the screen opens all the same and takes keys from the terminal."""
    for redirection in ("</dev/null", "<&-"):
        line = shell(f"{{}} {redirection}")
        with PtyProgram(line, columns=120, rows=40, environment={**ENVIRONMENT, "TERM": "xterm-256color"}) as program:
            program.read_until_shown(SCREEN)
            program.write(b"q")
            assert b"status=0" in program.read_until(b"status=0")


def test_without_a_terminal_for_keys_a_report_is_written() -> None:
    """Where no terminal can be read, standard output may be one: a report is written."""
    for name in ("hopscope", "mtr"):
        with PtyProgram(shell("setsid -w {} -c 1 </dev/null", name), environment=ENVIRONMENT) as program:
            data = program.read_until(b"status=")
        assert b"Start: " in data
        assert f"{name}: there is no terminal to read keys from, so a report is written".encode() in data


def test_a_report_when_the_screen_is_left() -> None:
    """--report-on-exit leaves the table on the terminal, without the line of its start."""
    line = command("--demo", "--report-on-exit", "-n")
    with PtyProgram(line, columns=120, rows=40, environment={**ENVIRONMENT, "TERM": "xterm-256color"}) as program:
        program.read_until_shown("192.0.2.80")
        program.write(b"q")
        data = program.read_until(b"12.|-- 192.0.2.80")
    assert b"HOST: " in data
    assert b"Start: " not in data


def test_the_screen_of_mtr_ends_with_its_rounds() -> None:
    """Invoked as mtr with a number of rounds the screen closes by itself, for scripts that rely on it."""
    line = ["/bin/sh", "-c", shlex.join(command("--demo", "-c", "2", "-i", "0.2", name="mtr")) + "; echo status=$?"]
    with PtyProgram(line, columns=120, rows=40, environment={**ENVIRONMENT, "TERM": "xterm-256color"}) as program:
        data = program.read_until(b"status=0")
    assert ENTER in data
    assert b"status=0" in data
