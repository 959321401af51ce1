"""A program on a pseudo-terminal of its own, read and written byte by byte."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import termios
import time
from pathlib import Path
from typing import Any, Self

import pyte

PATIENCE_S = 20.0


class PtyProgram:
    """A child process with a controlling terminal of ``columns`` by ``rows``; a context manager that kills it."""

    def __init__(
        self, command: list[str], *, columns: int = 80, rows: int = 24, environment: dict[str, str] | None = None
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._unfed = bytearray()
        self.master, self._slave = os.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.attributes_before = termios.tcgetattr(self._slave)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_DFL)  # what runs the tests may ignore them, and hand that on
                fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)
                for descriptor in (0, 1, 2):
                    os.dup2(self._slave, descriptor)
                os.closerange(3, 64)
                os.execve(command[0], command, {**os.environ, **(environment or {})})
            finally:
                os._exit(127)
        self._status: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        for descriptor in (self.master, self._slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def read_until(self, what: bytes) -> bytes:
        """Read until these bytes have come, or nothing more can.

        For what is written in one piece: of a screen only the cells that changed are sent, so that a word may come
        without the letters that stood there before. See ``read_until_shown``.
        """
        data = b""
        deadline = time.monotonic() + PATIENCE_S
        while what not in data and time.monotonic() < deadline:
            piece = self._read()
            if piece is None:
                break
            data += piece
        return data

    def read_until_shown(self, text: str) -> bytes:
        """Read until a terminal would show this; what has come is returned.

        Raises:
            AssertionError: it did not come to show in time.
        """
        data = b""
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.shown():
            assert time.monotonic() < deadline, f"{text!r} is not shown; the screen:\n{self.shown()}"
            piece = self._read()
            assert piece is not None, f"{text!r} was not shown before the end; the screen:\n{self.shown()}"
            data += piece
        return data

    def shown(self) -> str:
        """The lines that a terminal would show of all that has been read."""
        self._stream.feed(bytes(self._unfed))
        self._unfed.clear()
        return "\n".join(line.rstrip() for line in self.screen.display)

    def _read(self) -> bytes | None:
        """What has come within a moment; None when nothing more can."""
        if not select.select([self.master], [], [], 0.1)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return None
        self._unfed += data
        return data

    def read_for(self, seconds: float) -> bytes:
        """All that comes within a time; for measuring, never for waiting."""
        data = b""
        deadline = time.monotonic() + seconds
        while (rest := deadline - time.monotonic()) > 0:
            if select.select([self.master], [], [], rest)[0]:
                data += os.read(self.master, 65536)
        self._unfed += data
        return data

    def write(self, data: bytes) -> None:
        """Type."""
        os.write(self.master, data)

    def fill(self) -> None:
        """Make the program paint until the terminal takes no more: redraws are asked for and never read."""
        with contextlib.suppress(BlockingIOError):
            os.set_blocking(self.master, False)
            for _ in range(60):
                os.write(self.master, b"\x0c")
                time.sleep(0.01)
        os.set_blocking(self.master, True)

    def close_terminal(self) -> None:
        """Take the terminal away."""
        os.close(self._slave)
        os.close(self.master)

    def attributes(self) -> list[Any]:
        """The terminal's settings now."""
        return termios.tcgetattr(self._slave)

    def wait(self) -> int:
        """The exit status, -1 when the program does not end."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
                return self._status
            time.sleep(0.01)
        return -1

    def drain(self) -> None:
        """Read what is there, until nothing more comes for a moment."""
        while select.select([self.master], [], [], 0.5)[0]:
            os.read(self.master, 65536)

    def cpu_s(self) -> float:
        """The processor time that the program has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def drain_briefly(self) -> None:
        """Read what is there now."""
        while select.select([self.master], [], [], 0.02)[0]:
            os.read(self.master, 65536)
