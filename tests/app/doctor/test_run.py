"""The doctor as a program."""

from __future__ import annotations

import json

import pytest
from hopscope.app.doctor.finding import Finding, Status
from hopscope.app.doctor.run import line
from support.program import command, run
from support.pty import PtyProgram

TERMINAL = {
    "TERM": "xterm-256color",
    "LANG": "C.UTF-8",
    "LC_ALL": "",
    "NO_COLOR": "",
    "SSH_CONNECTION": "",
    "SSH_TTY": "",
}


def test_lines_for_people() -> None:
    """Each line begins with how good it is; a probe process that cannot run ends with status 1."""
    ended = run("--doctor", "-n", "--packet", "/nowhere")
    assert (ended.returncode, ended.stderr) == (1, "")
    lines = ended.stdout.splitlines()
    assert {line.split()[0] for line in lines} == {"ok", "note", "bad"}
    assert lines[2] == "bad   probe process   cannot run the probe process /nowhere: No such file or directory"
    assert "note  terminal        standard output is not a terminal: a report is written instead of the screen" in lines


def test_a_remedy_that_is_a_sentence_follows_a_full_stop() -> None:
    """One that is half a sentence follows a semicolon; without one nothing follows."""
    ends = [
        line(Finding("icmp", "ICMP", Status.NOTE, "not allowed", remedy))
        for remedy in ("Root allows it", "see that it is up", "")
    ]
    assert [one[22:] for one in ends] == [
        "not allowed. Root allows it",
        "not allowed; see that it is up",
        "not allowed",
    ]


def test_variables_are_told() -> None:
    """What changes every trace unseen is said, and made safe to show."""
    ended = run("--doctor", "-j", "-n", "--packet", "/nowhere", MTR_OPTIONS="-n -b")
    told = [one for one in json.loads(ended.stdout)["findings"] if one["name"] == "environment"]
    assert [(one["title"], one["text"]) for one in told] == [("MTR_OPTIONS", "is set: '-n -b'")]


def test_wrong_targets_are_errors_of_the_command_line() -> None:
    """What is no target is said as everywhere, before anything is tried."""
    ended = run("--doctor", "https:///x")
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        1,
        "",
        "hopscope: target https://: this URL names no host\n",
    )


def test_a_configuration_file_cannot_ask_for_it() -> None:
    """It is asked once, on the command line."""
    assert "doctor" not in run("--print-config").stdout


@pytest.mark.parametrize(
    ("environment", "columns", "status", "text"),
    [
        ({}, 80, "ok", "xterm-256color, 24-bit colour, UTF-8, 80x24"),
        ({"NO_COLOR": "1"}, 80, "note", "xterm-256color, no colours, UTF-8, 80x24; unset NO_COLOR for colours"),
        ({"LC_ALL": "C"}, 80, "note", "xterm-256color, 24-bit colour, ASCII alone, 80x24; a UTF-8 locale"),
        ({"TERM": "dumb"}, 80, "note", "TERM is 'dumb': a report is written instead of the screen"),
        ({"TERM": "linux"}, 80, "note", "linux, 16 colours, ASCII alone, 80x24; the console's font lacks"),
        ({}, 40, "note", "xterm-256color, 24-bit colour, UTF-8, 40x24; too small: the screen needs 60x10"),
        ({"SSH_TTY": "/dev/pts/1"}, 80, "ok", "xterm-256color, 24-bit colour, UTF-8, 80x24, over SSH"),
    ],
)
def test_the_terminal(environment: dict[str, str], columns: int, status: str, text: str) -> None:
    """What the terminal can show follows its variables and its size."""
    words = command("--doctor", "-n", "--packet", "/nowhere")
    line = f"{status:<6}terminal        {text}".encode()
    with PtyProgram(words, columns=columns, rows=24, environment={**TERMINAL, **environment}) as shown:
        assert line in shown.read_until(line)
        assert shown.wait() == 1
