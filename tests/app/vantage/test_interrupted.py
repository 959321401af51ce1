"""A signal during the connection attempt ends what leads to the vantage point, too."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.program import ENVIRONMENT, command

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 4000  # of a twentieth of a second


def until(condition: Callable[[], object]) -> None:
    """Wait for something that must come."""
    waiting = subprocess.Popen(["sleep", str(PATIENCE // 20)])
    try:
        while not condition():
            assert waiting.poll() is None, "it does not come"
            with pytest.raises(subprocess.TimeoutExpired):
                waiting.wait(0.05)
    finally:
        waiting.kill()
        waiting.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_stays_behind(tmp_path: Path, number: signal.Signals) -> None:
    """A program that leads nowhere and heeds no signal is gone as soon as hopscope is."""
    pid = tmp_path / "pid"
    script = f"trap '' INT TERM HUP; echo $$ >{pid}.new; mv {pid}.new {pid}; exec sleep 3600"
    process = subprocess.Popen(
        command("--from", f'exec:sh -c "{script}" --', "-r", "-n", "127.0.0.1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    until(pid.exists)
    process.send_signal(number)
    out, words = process.communicate()
    assert (process.returncode, out, words) == (128 + number, b"", b"")
    until(lambda: not Path("/proc", pid.read_text().strip()).exists())
