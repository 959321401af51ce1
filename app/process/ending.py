"""End a process that was started, and what it has started in turn."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

deputy: Callable[[int, int], None] | None = None
"""Sends a signal, by its number, to a process that this one may send none any more; None: nobody does."""


def end_process(process: subprocess.Popen[bytes], wait_s: float) -> None:
    """End it: SIGTERM, and after ``wait_s`` seconds SIGKILL. Returns when it is gone."""
    send_signal(process, signal.SIGTERM)
    try:
        process.wait(wait_s)
    except subprocess.TimeoutExpired:
        send_signal(process, signal.SIGKILL)
        process.wait()


def send_signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send it a signal, and its whole group where it was started at the head of one.

    As long as nobody has asked for its exit status, its number is no other's, whether it has ended or not.
    """
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        try:
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, number)
            else:
                os.kill(process.pid, number)
        except PermissionError:
            if deputy is None:
                raise
            deputy(process.pid, number)
