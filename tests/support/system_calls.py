"""A program that is stopped at a system call of its start, whatever the clock says (ptrace(2))."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence

_libc = ctypes.CDLL(None, use_errno=True)
_TRACEME, _DETACH, _SYSCALL = 0, 17, 24


def _trace_me() -> None:
    _libc.ptrace(_TRACEME, 0, None, None)


class Stepped:
    """A program whose first thread goes from system call to system call. To be used as a context manager."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_trace_me,  # noqa: PLW1509 - nothing else runs in a test of this
        )
        os.waitpid(self.process.pid, 0)  # it has been loaded

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        self.process.communicate()

    def step(self, count: int = 1) -> bool:
        """Go on for some system calls; False: it has ended."""
        for _ in range(2 * count):  # each stops at its beginning and at its end
            _libc.ptrace(_SYSCALL, self.process.pid, None, None)
            _, status = os.waitpid(self.process.pid, 0)
            if not os.WIFSTOPPED(status):
                self.process.returncode = os.waitstatus_to_exitcode(status)
                return False
        return True

    def handles(self, number: signal.Signals) -> bool:
        """Whether it has a handler of its own for a signal now."""
        return self._has("SigCgt:", number)

    def ignores(self, number: signal.Signals) -> bool:
        """Whether it ignores a signal now."""
        return self._has("SigIgn:", number)

    def _has(self, field: str, number: signal.Signals) -> bool:
        """Whether a set of signals has one (proc_pid_status(5))."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return bool(int(line.split()[1], 16) >> (number - 1) & 1)
        raise AssertionError(field)

    def end_with(self, number: signal.Signals) -> tuple[int, str]:
        """Send it a signal where it stands, and let it go on: its exit status, as Popen has it, and its last words."""
        self.process.send_signal(number)
        _libc.ptrace(_DETACH, self.process.pid, None, None)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors.decode()


def moments(command: Sequence[str], every: int, is_ready: Callable[[Stepped], bool]) -> range:
    """Every so many of a program's system calls, by number, from the one on at which it is ready."""
    with Stepped(command) as program:
        at = 0
        while not is_ready(program):
            assert program.step(), "it ended before it was ready"
            at += 1
        first = at
        while program.step():
            at += 1
    return range(first, at + 1, every)
