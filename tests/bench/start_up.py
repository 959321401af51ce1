"""How long a user waits: for help, for the first probe, the first frame, the whole path, and for a report.

``cd tests && ../.venv/bin/python -m bench.start_up [--repeats 9]``, as root, with mtr installed. Times count from just
before the program is started; its modules are compiled. The path is simulated behind a TUN device: twelve hops that all
answer after 60 ms.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from support.tun import TunLab, tun_lab

from bench.program import compile_modules, conditions, median

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
HOPS = 12
TARGETS = [f"198.51.100.{100 + index}" for index in range(50)]
SCENARIO = (
    'title = "Twelve hops of 60 ms, and 50 more targets behind the first three"\nhop = [\n'
    + "".join(f'    {{ address = "203.0.113.{ttl}", rtt_ms = 60 }},\n' for ttl in range(1, HOPS + 1))
    + "]\n"
    + "".join(f'[[target]]\nafter = 3\nhop = [{{ address = "{address}", rtt_ms = 61 }}]\n' for address in TARGETS)
)
TARGET = f"203.0.113.{HOPS}"
# The target's own address stands in the title too.
SECOND, LAST_BUT_ONE = b"203.0.113.2", f"203.0.113.{HOPS - 1}".encode()
# What the toolkit writes as it takes the terminal over; mtr has no such moment.
TAKEN_OVER = b"\x1b[?1004h"


def finished_ms(argv: list[str]) -> float:
    """Until the program has ended."""
    start_s = time.perf_counter()
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start_s) * 1000


def first_probe_ms(lab: TunLab, argv: list[str]) -> float:
    """Until the first probe leaves by the device, by the kernel's stamp."""
    before = len(lab.log())
    start_us = time.time_ns() / 1000
    subprocess.run(lab.command(argv), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    [first, *_] = lab.log(before + 1)[before:]
    return (int(first["sent_us"]) - start_us) / 1000


def shown_ms(lab: TunLab, argv: list[str], *wanted: bytes) -> list[float]:
    """Until each of the texts has come to a terminal of 120 x 40."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    start_s = time.perf_counter()
    process = subprocess.Popen(
        lab.command(argv), stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
    )  # fmt: skip
    os.close(slave)
    seen, times_ms = b"", []
    for text in wanted:
        while text not in seen:
            seen += os.read(master, 65536)
        times_ms.append((time.perf_counter() - start_s) * 1000)
    process.send_signal(signal.SIGTERM)
    try:
        while os.read(master, 65536):
            pass
    except OSError:  # the terminal's other end is closed
        os.close(master)
    process.wait()
    return times_ms


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    compile_modules()
    print(f"# {conditions()}\n# median of {repeats}, milliseconds\n")
    print(f"{'':58}{'hopscope':>10}{'mtr':>10}")

    def line(what: str, own: list[float], stock: list[float]) -> None:
        stock_text = f"{median(stock):10.0f}" if stock else f"{'-':>10}"
        print(f"{what:58}{median(own):10.0f}{stock_text}", flush=True)

    for option in ("--version", "--help"):
        line(option, [finished_ms([HOPSCOPE, option]) for _ in range(repeats)],
             [finished_ms(["mtr", option]) for _ in range(repeats)])  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, tun_lab(SCENARIO, Path(folder)) as lab:
        report = ["-r", "-n", "-c1", "-G0.1", TARGET]
        line("-r, to the first probe on the wire", [first_probe_ms(lab, [HOPSCOPE, *report]) for _ in range(repeats)],
             [first_probe_ms(lab, ["mtr", *report]) for _ in range(repeats)])  # fmt: skip
        screens = [
            shown_ms(lab, [HOPSCOPE, "-n", TARGET], b"Loss", TAKEN_OVER, SECOND, LAST_BUT_ONE) for _ in range(repeats)
        ]
        stock = [shown_ms(lab, ["mtr", "-n", TARGET], b"Loss", LAST_BUT_ONE) for _ in range(repeats)]
        line("first picture: target, settings, titles", [times[0] for times in screens], [times[0] for times in stock])
        line("the toolkit has the terminal", [times[1] for times in screens], [])
        line("second hop on screen", [times[2] for times in screens], [])
        line(f"all of {HOPS} hops of 60 ms on screen", [times[3] for times in screens], [times[1] for times in stock])
        for words in (["-c1"], ["-c10"]):
            line(f"-r {words[0]}, whole run", [finished_ms(lab.command([HOPSCOPE, "-r", "-n", *words, TARGET]))],
                 [finished_ms(lab.command(["mtr", "-r", "-n", *words, TARGET]))])  # fmt: skip
        line("-r -c10 of 50 targets, whole run", [finished_ms(lab.command([HOPSCOPE, "-r", "-n", "-c10", *TARGETS]))],
             [])  # fmt: skip


if __name__ == "__main__":
    main()
