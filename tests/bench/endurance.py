"""A steady stream of probes for a while: how many answers are lost, and whether memory grows.

``cd tests && ../.venv/bin/python -m bench.endurance [--rate 10000] [--seconds 60] [--cases ...]``, by root. The probes
go over the loopback of a namespace of its own, which loses nothing; the probe process is an ordinary user's. Then the
whole program traces a chain of 30 namespaces, a hundred rounds a second.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from support import netns

from bench.program import HOPSCOPE, conditions
from bench.throughput import CASES

BATCH_S = 0.002
WARM_UP_PROBES = 20_000


def resident_kb(pid: int) -> int:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1])


def stream(loopback: netns.Chain, case: str, rate: float, seconds: float) -> None:
    """Send, count, and print a line."""
    argv = [*loopback.command(HOPSCOPE.argv, HOPSCOPE.user), "--max-in-flight", "30000"]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    counts: dict[bytes, int] = {}
    warm_kb = 0

    def collect() -> None:
        nonlocal warm_kb
        answered = 0
        rest = b""
        while data := os.read(read_fd, 1 << 20):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                word = line.split(b" ", 2)[1]
                counts[word] = counts.get(word, 0) + 1
            answered += len(lines)
            if not warm_kb and answered >= WARM_UP_PROBES:
                warm_kb = resident_kb(process.pid)

    read_fd = process.stdout.fileno()
    reader = threading.Thread(target=collect)
    reader.start()
    arguments = CASES[case].replace("timeout 10", "timeout 3")
    start_s = time.monotonic()
    sent = 0
    while (elapsed_s := time.monotonic() - start_s) < seconds:
        due = int(elapsed_s * rate)
        if due > sent:
            process.stdin.write("".join(f"{token} send-probe {arguments}\n" for token in range(sent, due)).encode())
            process.stdin.flush()
            sent = due
        time.sleep(BATCH_S)
    time.sleep(4)
    end_kb = resident_kb(process.pid)
    process.stdin.close()
    reader.join()
    process.wait()
    process.stdout.close()
    words = ", ".join(f"{count} {word.decode()}" for word, count in sorted(counts.items()))
    print(f"{case:8} {sent:9} sent in {seconds:.0f} s: {words}; resident {warm_kb} kB after "
          f"{WARM_UP_PROBES} answers, {end_kb} kB at the end", flush=True)  # fmt: skip


def whole_program(seconds: float) -> None:
    """Trace 30 hops as fast as the program does, and print the memory of its two processes early and late."""
    with netns.chain(31) as path:
        hopscope = str(Path(sys.executable).with_name("hopscope"))
        argv = [hopscope, "-j", "-n", "-i0.01", f"-c{seconds * 100:.0f}", path.target()]
        process = subprocess.Popen(path.command(argv, "nobody"), stdout=subprocess.PIPE)
        samples: list[tuple[int, int]] = []
        while process.poll() is None:
            time.sleep(seconds / 60)
            tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
            with contextlib.suppress(OSError):  # it ends
                children = [child for task in tasks for child in task.read_text(encoding="ascii").split()]
                if children:
                    samples.append((resident_kb(process.pid), resident_kb(int(children[-1]))))
        assert process.stdout is not None
        hubs = json.load(process.stdout)["report"]["hubs"]
        process.stdout.close()
    sent = sum(hub["Snt"] for hub in hubs)
    early, late = samples[len(samples) // 5], samples[-2]
    print(f"hopscope, {len(hubs)} hops, {sent} probes, worst loss {max(hub['Loss%'] for hub in hubs)} %: "
          f"resident {early[0]} + {early[1]} kB early, {late[0]} + {late[1]} kB late")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--cases", default="ICMP v4,UDP v4", help=", ".join(CASES))
    options = parser.parse_args()
    print(f"# {conditions()}\n# {HOPSCOPE.name}, {options.rate:g} probes a second\n")
    with netns.chain(2) as loopback:
        netns.ip_batch(["link set lo up"], loopback.names[0])
        for case in options.cases.split(","):
            stream(loopback, case, options.rate, options.seconds)
    whole_program(options.seconds)


if __name__ == "__main__":
    main()
