"""Reports that share a file."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.program import ENVIRONMENT, command

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


def trace_into(stream: TextIO, *arguments: str) -> subprocess.Popen[str]:
    """A short report that is appended to a file.

    Whoever holds its lock has it open once alone: to close it is to give the lock back (fcntl(2)).
    """
    line = command("--demo", "-n", "-c", "1", "-i", "0.05", *arguments)
    return subprocess.Popen(line, stdout=stream, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def await_that(condition: Callable[[], bool], ours: subprocess.Popen[str]) -> None:
    """Wait for what must come before the program ends."""
    while not condition():
        assert ours.poll() is None
        time.sleep(0.01)


def is_done_measuring(ours: subprocess.Popen[str]) -> bool:
    """Whether its probe process is gone, so that the report is all that is left to do."""
    return not Path(f"/proc/{ours.pid}/task/{ours.pid}/children").read_text().split()


@pytest.mark.parametrize(
    ("form", "number"),
    [
        *((form, signal.SIGINT) for form in ("-r", "-x", "--json-full", "--mtu")),
        *((form, signal.SIGTERM) for form in ("-j", "-C", "--markdown")),
    ],
)
def test_a_signal_while_another_program_has_the_file_loses_no_report(
    tmp_path: Path, form: str, number: signal.Signals
) -> None:
    """Whoever waits no longer for the file's lock still gets what was measured, and the status tells of the signal."""
    path = tmp_path / "log"
    with path.open("a", encoding="utf-8") as other:
        other.write("another's line\n")
        other.flush()
        fcntl.lockf(other, fcntl.LOCK_EX)
        with trace_into(other, form) as ours:
            await_that(lambda: is_measuring(ours), ours)
            await_that(lambda: is_done_measuring(ours), ours)
            ours.send_signal(number)
            _, errors = ours.communicate(timeout=60)
    assert (ours.returncode, errors) == (128 + number, "")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("another's line\n")
    assert "203.0.113" in text or "198.51.100" in text


def is_measuring(ours: subprocess.Popen[str]) -> bool:
    """Whether it has its probe process."""
    return not is_done_measuring(ours)


def test_a_report_waits_for_its_turn(tmp_path: Path) -> None:
    """Nothing is written while another program holds the file, and all of it once that one has finished."""
    path = tmp_path / "log"
    with path.open("a", encoding="utf-8") as other:
        fcntl.lockf(other, fcntl.LOCK_EX)
        with trace_into(other, "-r") as ours:
            await_that(lambda: is_measuring(ours), ours)
            await_that(lambda: is_done_measuring(ours), ours)
            assert not path.stat().st_size
            other.write("another's line\n")
            other.flush()
            fcntl.lockf(other, fcntl.LOCK_UN)
            assert ours.communicate(timeout=60)[1] == ""
    assert ours.returncode == 0
    assert path.read_text(encoding="utf-8").startswith("another's line\nStart: ")
