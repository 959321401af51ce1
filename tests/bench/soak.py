"""Whether memory stays flat: a trace of thirty simulated hops, as fast as it goes, through the real pipe.

Run in ``tests`` as ``python -m bench.soak [--minutes 5]``; with ``--screen`` the shipped program shows it on a
pseudo-terminal of 120 by 40 meanwhile, and reports that it is told to export say how far it is. Prints, every half
minute, rounds, probes sent and the resident memory of both processes. A day at one round a second is 2.6 million probes
over 86,400 rounds; this makes about as many rounds in a quarter of an hour. The history is full after 7,200 rounds, so
memory is to be flat from then on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from hopscope.app.path.recorder import Recorder
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.runner import Runner
from hopscope.probe.lab import scenario
from hopscope.probe.launch import command
from support.pty import PtyProgram

from .screen import tree


def resident_kb(pid: int | str) -> int:
    """Resident memory of a process in KB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def children() -> list[int]:
    """The processes that this one started."""
    return [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]


def line(rounds: int, probes: int, program_kb: int, packet_kb: int) -> None:
    """Print a line of the table."""
    print(f"{rounds:>9,}{probes:>10,}{program_kb:>13,}{packet_kb:>11,}", flush=True)


def on_screen(interval_s: float, end_s: float) -> int:
    """Watch the whole program."""
    hopscope = str(Path(sys.executable).parent / "hopscope")
    command = [hopscope, "--demo", "long", "-i", f"{interval_s:g}"]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where the program writes what it exports
        with PtyProgram(command, columns=120, rows=40, environment={"TERM": "xterm-256color"}) as program:
            while time.monotonic() < end_s:
                program.read_for(28)
                program.write(b"x")
                program.read_for(1)
                program.write(b"\r")
                program.read_for(1)
                [report] = Path(folder).glob("*.txt")
                sent = [int(row.split()[3]) for row in report.read_text().splitlines() if "|--" in row]
                report.unlink()
                packet_kb = sum(map(resident_kb, tree(program.pid)[1:]))
                line(max(sent), sum(sent), resident_kb(program.pid), packet_kb)
            program.write(b"q")
            program.drain()
            return program.wait()


def in_this_process(interval_s: float, end_s: float) -> int:
    """Watch measuring and statistics alone."""
    lab = scenario.load("long")
    target = Target(sanitize(lab.target_name), lab.target(4), 4)
    settings = TraceSettings(interval_us=int(interval_s * 1e6))
    recorder = Recorder([target], settings)
    runner = Runner([*command(), "--max-in-flight", "10240", "--lab", "long"], [target], settings, recorder.record)
    runner.start()
    while time.monotonic() < end_s:
        runner.wait(30)
        [snapshot] = recorder.snapshots()
        probes = sum(hop.sent for hop in snapshot.hops)
        line(snapshot.rounds, probes, resident_kb("self"), sum(map(resident_kb, children())))
    runner.stop()
    return 0


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--interval", type=float, default=0.01)
    parser.add_argument("--screen", action="store_true")
    options = parser.parse_args()
    print(f"{'rounds':>9}{'probes':>10}{'hopscope KB':>13}{'packet KB':>11}", flush=True)
    watch = on_screen if options.screen else in_this_process
    return watch(options.interval, time.monotonic() + 60 * options.minutes)


if __name__ == "__main__":
    sys.exit(main())
