"""How many probes a probe process moves, and what it costs: ours beside stock mtr-packet in one run.

``cd tests && ../.venv/bin/python -m bench.throughput [--probes 100000] [--in-flight 500] [--repeats 3]``, as root, with
mtr-packet and (for system calls) strace installed. The probes go over the loopback of a namespace of its own.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from support import netns

from bench.program import HOPSCOPE, HOPSCOPE_ROOT, STOCK, Program, Run, conditions, median, pump

CASES = {
    "ICMP v4": "ip-4 127.0.0.1 protocol icmp timeout 10",
    "UDP v4": "ip-4 127.0.0.1 protocol udp timeout 10",
    "ICMP v6": "ip-6 ::1 protocol icmp timeout 10",
    "UDP v6": "ip-6 ::1 protocol udp timeout 10",
    "TCP v4": "ip-4 127.0.0.1 protocol tcp port 9 timeout 10",
}
STARTS = 21


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=100_000)
    parser.add_argument("--in-flight", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cases", default="ICMP v4,UDP v4", help=", ".join(CASES))
    options = parser.parse_args()
    with netns.chain(2) as loopback:
        netns.ip_batch(["link set lo up"], loopback.names[0])
        print(f"# {conditions()}\n# {options.probes} probes over loopback, {options.in_flight} in flight, "
              f"median of {options.repeats}\n")  # fmt: skip
        print(f"{'':34}{'':10}{'wall us':>9}{'CPU us':>9}{'user':>7}{'system':>7}{'wall / mtr':>12}{'lost':>6}")
        for case in options.cases.split(","):
            _case(case, loopback, options)
        print()
        _start_up(loopback)
        _memory(loopback)
        if shutil.which("strace"):
            _system_calls(loopback)


def _case(case: str, loopback: netns.Chain, options: argparse.Namespace) -> None:
    programs = (STOCK, HOPSCOPE, HOPSCOPE_ROOT)
    runs: dict[Program, list[Run]] = {program: [] for program in programs}
    # Taking turns, so that a busy moment of the machine meets them all.
    for _ in range(options.repeats):
        for program in programs:
            argv = loopback.command(program.argv, program.user)
            runs[program].append(pump(argv, CASES[case], options.probes, options.in_flight))
    stock_us = median([run.wall_us for run in runs[STOCK]])
    for program in programs:
        wall_us = median([run.wall_us for run in runs[program]])
        cpu_us = median([run.cpu_us for run in runs[program]])
        user_us = median([run.user_s * 1e6 / run.probes for run in runs[program]])
        lost = sum(run.lost for run in runs[program])
        print(f"{program.name:34}{case:10}{wall_us:9.2f}{cpu_us:9.2f}{user_us:7.2f}{cpu_us - user_us:7.2f}"
              f"{wall_us / stock_us:12.2f}{lost:6}")  # fmt: skip


def _first_answer_ms(argv: list[str]) -> float:
    start_s = time.perf_counter()
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"1 check-support feature version\n")
    process.stdin.flush()
    process.stdout.readline()
    elapsed_ms = (time.perf_counter() - start_s) * 1000
    process.communicate()
    return elapsed_ms


def _start_up(loopback: netns.Chain) -> None:
    """From starting the program (in the namespace of this process) to its first answer."""
    programs = {
        "mtr-packet": list(STOCK.argv),
        "hopscope-packet as hopscope starts it": list(HOPSCOPE.argv),
        "the script hopscope-packet": [str(Path(sys.executable).with_name("hopscope-packet"))],
        "python -I -S -c pass, for comparison": [sys.executable, "-I", "-S", "-c", "print()"],
    }

    def measure() -> dict[str, list[float]]:
        times: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(STARTS):
            for name, argv in programs.items():
                times[name].append(_first_answer_ms(argv))
        return times

    for name, times_ms in netns.inside(loopback.names[0], measure).items():
        print(f"{'start to first answer, ' + name:64}{median(times_ms):7.1f} ms")


def _memory(loopback: netns.Chain) -> None:
    for program in (STOCK, HOPSCOPE):
        process = subprocess.Popen(
            loopback.command(program.argv, program.user), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        for token in range(1000):
            process.stdin.write(f"{token} send-probe {CASES['UDP v4']}\n".encode())
            process.stdin.flush()
            process.stdout.readline()
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        assert resident is not None
        print(f"{'resident after 1000 probes, ' + program.name:64}{int(resident[1]) / 1024:7.1f} MB")
        process.communicate()


def _system_calls(loopback: netns.Chain) -> None:
    probes = 10_000
    for case in ("ICMP v4", "UDP v4"):
        for program in (STOCK, HOPSCOPE_ROOT):
            with tempfile.NamedTemporaryFile("r") as report:
                argv = loopback.command(["strace", "-f", "-c", "-o", report.name, *program.argv], program.user)
                pump(argv, CASES[case], probes, 500)
                counts = re.findall(r"^ +[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", report.read(), re.MULTILINE)
            calls = sorted(((int(count), name) for count, name in counts if name != "total"), reverse=True)
            total = sum(count for count, _ in calls)
            top = ", ".join(f"{name} {count / probes:.2f}" for count, name in calls[:6])
            print(f"system calls a probe, {case}, {program.name:32}{total / probes:6.2f}: {top}")


if __name__ == "__main__":
    main()
