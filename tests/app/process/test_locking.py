"""Reports that share a file."""

from __future__ import annotations

import contextlib
import fcntl
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.program import ENVIRONMENT, command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

PATIENCE_S = 60.0


@contextlib.contextmanager
def trace_into(stream: TextIO, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A short report that is appended to a file; at the end it does not wait for the lock any more.

    Whoever holds its lock has it open once alone: to close it is to give the lock back (fcntl(2)).
    """
    line = command("--demo", "-n", "-c", "1", "-i", "0.05", *arguments)
    with subprocess.Popen(line, stdout=stream, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as ours:
        try:
            yield ours
        finally:
            ours.kill()


def await_measured(ours: subprocess.Popen[str]) -> None:
    """Wait until its probe process has come and gone, so that the report is all that is left to do.

    That it has been is in the page faults of children that have ended (proc_pid_stat(5), ``cminflt``).
    """
    here = Path(f"/proc/{ours.pid}")
    give_up_s = time.monotonic() + PATIENCE_S
    while True:
        faults = int((here / "stat").read_text().rpartition(")")[2].split()[8])
        if faults and not (here / "task" / str(ours.pid) / "children").read_text().split():
            return
        assert ours.poll() is None
        assert time.monotonic() < give_up_s
        time.sleep(0.01)


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
            await_measured(ours)
            ours.send_signal(number)
            _, errors = ours.communicate(timeout=60)
    assert (ours.returncode, errors) == (128 + number, "")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("another's line\n")
    assert "203.0.113" in text or "198.51.100" in text


def test_a_report_waits_for_its_turn(tmp_path: Path) -> None:
    """Nothing is written while another program holds the file, and all of it once that one has finished."""
    path = tmp_path / "log"
    with path.open("a", encoding="utf-8") as other:
        fcntl.lockf(other, fcntl.LOCK_EX)
        with trace_into(other, "-r") as ours:
            await_measured(ours)
            assert not path.stat().st_size
            other.write("another's line\n")
            other.flush()
            fcntl.lockf(other, fcntl.LOCK_UN)
            assert ours.communicate(timeout=60)[1] == ""
    assert ours.returncode == 0
    assert path.read_text(encoding="utf-8").startswith("another's line\nStart: ")
