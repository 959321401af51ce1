"""The line that says how far a long report is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.report.progress import progress_line
from support import scripted_packet
from support.program import ENVIRONMENT, command
from support.pty import PtyProgram

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("done", "rounds", "interval_s", "expected"),
    [
        (3, 10, 1.0, "round 3 of 10, 7 s left"),
        (12, 100, 1.0, "round 12 of 100, 1 min 28 s left"),
        (0, 10_000, 1.0, "round 0 of 10000, 2 h 46 min left"),
        (10, 10, 1.0, "round 10 of 10, waiting for answers"),
    ],
)
def test_line(done: int, rounds: int, interval_s: float, expected: str) -> None:
    """Rounds done, and the time left in words."""
    assert progress_line(done, rounds, interval_s) == expected


@pytest.mark.parametrize(("output", "shown"), [("-r", True), ("-l", False)])
def test_progress_is_for_terminals_and_long_reports(tmp_path: Path, output: str, shown: bool) -> None:
    """On a terminal a report of several seconds shows how far it is and wipes that away; live output never does."""
    packet = scripted_packet.command(tmp_path, 0, "192.0.2.1", "198.51.100.9")
    line = command(output, "-n", "-c", "4", "-i", "0.8", "-G", "0.2", "--packet", packet, "198.51.100.9")
    assert line[0] == sys.executable
    with PtyProgram(line, environment=ENVIRONMENT) as program:
        data = program.read_until(b"p 1 2000 33007" if output == "-l" else b"  2.|-- 198.51.100.9")
    assert (b" of 4, " in data) == shown
    assert not shown or data.rindex(b"\r\x1b[K") < data.index(b"Start: ")
