"""What ends with a process that is ended."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from hopscope.app.process.ending import end_process, send_signal

STARTS_ANOTHER = "sleep 1000 & echo $!; wait"
WAIT_S = 20


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    """Whether a process ends before long."""
    until_s = time.monotonic() + WAIT_S
    while runs(pid) and time.monotonic() < until_s:
        time.sleep(0.01)
    return not runs(pid)


@pytest.mark.parametrize("script", [STARTS_ANOTHER, f"trap '' TERM; {STARTS_ANOTHER}", "sleep 1000 & echo $!"])
def test_what_it_has_started_ends_too(script: str) -> None:
    """Also where it waits for it, heeds no SIGTERM, or has ended by itself before."""
    process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, process_group=0)
    assert process.stdout is not None
    with process.stdout as output:
        pid = int(output.readline())
        assert runs(pid)
        end_process(process, 0.1)
        assert process.returncode is not None
        assert ends(pid)


def test_nobody_else_of_the_group_is_meant() -> None:
    """One that was not started at the head of a group ends alone, and one whose status is known is left alone."""
    process = subprocess.Popen(["sleep", "1000"])
    end_process(process, WAIT_S)
    assert process.returncode == -signal.SIGTERM
    send_signal(process, signal.SIGKILL)
    assert process.returncode == -signal.SIGTERM
