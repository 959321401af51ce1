"""Probe processes under measurement, ours and stock mtr-packet, and a driver that keeps probes in flight."""

from __future__ import annotations

import compileall
import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import hopscope.app
import hopscope.probe
import hopscope.styles
import hopscope.widgets
from hopscope.probe.launch import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.netns import User

MTR_PACKET = "mtr-packet"


@dataclass(frozen=True)
class Program:
    """A probe process: what a table calls it, its command line, and the user it runs as."""

    name: str
    argv: tuple[str, ...]
    user: User


HOPSCOPE = Program("hopscope-packet, ordinary user", tuple(command()), "nobody")
HOPSCOPE_ROOT = Program("hopscope-packet, root", tuple(command()), "root")
STOCK = Program("mtr-packet (root)", (MTR_PACKET,), "root")


@dataclass(frozen=True)
class Run:
    """One measured run; ``cpu`` is of the probe process alone, ``lost`` counts answers other than replies."""

    probes: int
    wall_s: float
    user_s: float
    system_s: float
    lost: int

    @property
    def wall_us(self) -> float:
        """Wall time a probe."""
        return self.wall_s * 1e6 / self.probes

    @property
    def cpu_us(self) -> float:
        """Processor time a probe."""
        return (self.user_s + self.system_s) * 1e6 / self.probes


def pump(argv: Sequence[str], arguments: str, probes: int, in_flight: int) -> Run:
    """Send probes with the given arguments through a probe process, keeping so many in flight."""
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    write_fd, read_fd = process.stdin.fileno(), process.stdout.fileno()
    os.write(write_fd, b"0 check-support feature icmp\n")
    assert b"ok" in os.read(read_fd, 4096)
    lines = [f"{token} send-probe {arguments}\n".encode() for token in range(1, probes + 1)]
    before = _cpu(process.pid)
    start_s = time.perf_counter()
    sent = min(in_flight, probes)
    _write(write_fd, b"".join(lines[:sent]))
    answered = replies = 0
    while answered < probes:
        data = os.read(read_fd, 1 << 20)
        if not data:
            message = f"{argv} ended after {answered} answers"
            raise RuntimeError(message)
        count = data.count(b"\n")
        answered += count
        replies += data.count(b" reply ")
        if sent < probes:
            _write(write_fd, b"".join(lines[sent : sent + count]))
            sent = min(sent + count, probes)
    wall_s = time.perf_counter() - start_s
    after = _cpu(process.pid)
    process.stdin.close()
    process.wait()
    process.stdout.close()
    return Run(probes, wall_s, after[0] - before[0], after[1] - before[1], probes - replies)


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def _cpu(pid: int) -> tuple[float, float]:
    """User and system seconds of a process; nsenter, unshare and setpriv have become it by their exec."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    tick = os.sysconf("SC_CLK_TCK")
    return int(fields[11]) / tick, int(fields[12]) / tick


def compile_modules() -> None:
    """Compile the program's modules, as an installation does: else each start compiles those that nobody has yet.

    Root's screen never keeps what it compiles, since it writes in its own folders alone; nor does anybody where
    PYTHONDONTWRITEBYTECODE is set.
    """
    for package in (hopscope.app, hopscope.probe, hopscope.styles, hopscope.widgets):
        compileall.compile_dir(package.__path__[0], quiet=1)


def conditions() -> str:
    """Where and when the numbers were taken."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    python = platform.python_version()
    return f"{os.uname().sysname} {os.uname().release}, {os.cpu_count()} CPUs, load {load}, CPython {python}"


def median(values: Sequence[float]) -> float:
    """The median, or NaN of nothing."""
    return statistics.median(values) if values else float("nan")


def run_cpu_hogs(count: int) -> list[subprocess.Popen[bytes]]:
    """So many busy loops, each a process; the caller kills them."""
    return [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
