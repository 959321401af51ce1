"""Whether memory stays flat: a trace of thirty simulated hops, as fast as it goes, through the real pipe.

Run as ``python tests/bench/soak.py [--minutes 5]``. Prints, every half minute, probes answered and the resident memory
of both processes. A day at one round a second is 2.6 million probes over 86,400 rounds; this makes about as many
rounds in a quarter of an hour. The history is full after 7,200 rounds, so memory is to be flat from then on.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from hopscope.app.path.recorder import Recorder
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace.runner import Runner
from hopscope.probe.lab import scenario
from hopscope.probe.launch import command


def resident_kb(pid: int | str) -> int:
    """Resident memory of a process in KB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def children() -> list[int]:
    """The processes that this one started."""
    return [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--interval", type=float, default=0.01)
    options = parser.parse_args()
    lab = scenario.load("long")
    target = Target(lab.target_name, lab.target(4), 4)
    settings = TraceSettings(interval_us=int(options.interval * 1e6))
    recorder = Recorder([target], settings)
    runner = Runner([*command(), "--max-in-flight", "10240", "--lab", "long"], [target], settings, recorder.record)
    runner.start()
    end_s = time.monotonic() + 60 * options.minutes
    print(f"{'rounds':>9}{'probes':>10}{'hopscope KB':>13}{'packet KB':>11}", flush=True)
    while time.monotonic() < end_s:
        runner.wait(30)
        [snapshot] = recorder.snapshots()
        probes = sum(hop.sent for hop in snapshot.hops)
        packet = sum(map(resident_kb, children()))
        print(f"{snapshot.rounds:>9,}{probes:>10,}{resident_kb('self'):>13,}{packet:>11,}", flush=True)
    runner.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
