"""The screen beside stock mtr on one simulated path of thirty hops.

Bytes a second, processor, memory, time to the first frame, and from a key to its paint:
``cd tests && ../.venv/bin/python -m bench.screen``, as root; it prints, and asserts nothing. Both programs probe the
same trembling path, simulated behind a TUN device, each with its own probe process; the simulator is not counted.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hopscope.probe import lab
from support.pty import PtyProgram
from support.tun import tun_lab

from bench.program import compile_modules

BIN = Path(sys.executable).parent
HOPSCOPE = str(BIN / "hopscope")
SCENARIO, TARGET = "long", "203.0.113.200"
SCENARIO_FILE = Path(lab.__file__).with_name("scenarios") / f"{SCENARIO}.toml"
COLUMNS, ROWS = 120, 40
LANES = 10
WARM_S, MEASURED_S = 6.0, 15.0
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return [pid, *(one for child in found.stdout.split() for one in tree(int(child)))]


def cpu_s(pid: int) -> float:
    """Processor seconds of all threads, exactly."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def resident_mb(pid: int) -> float:
    """Resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(name: str, command: list[str], environment: dict[str, str], keys: bytes = b"") -> None:
    """One line of the table."""
    with PtyProgram(command, columns=COLUMNS, rows=ROWS, environment={**TERMINAL, **environment}) as program:
        program.read_for(WARM_S)
        if keys:
            program.write(keys)
            program.read_for(1)
        pids = tree(program.pid)
        before = {pid: cpu_s(pid) for pid in pids}
        data = program.read_for(MEASURED_S)
        pids = [pid for pid in pids if Path(f"/proc/{pid}").exists()]  # shells that led somewhere have ended
        shares = [f"{100 * (cpu_s(pid) - before[pid]) / MEASURED_S:.1f}" for pid in pids]
        memory = [f"{resident_mb(pid):.0f}" for pid in pids]
    print(f"{name:<42} {len(data) / MEASURED_S:7.0f} {' + '.join(shares):>18} {' + '.join(memory):>16}")


def first_frame_ms() -> float:
    """From exec to the first hop on the screen."""
    began = time.perf_counter()
    command = [HOPSCOPE, "--demo", SCENARIO]
    with PtyProgram(command, columns=COLUMNS, rows=ROWS, environment=TERMINAL) as program:
        program.read_until(b"Loss%")
        return 1000 * (time.perf_counter() - began)


def key_to_paint_ms() -> list[float]:
    """From a key to the bytes that answer it, while thirty hops change four times a second."""
    command = [HOPSCOPE, "--demo", SCENARIO, "-i", "0.25"]
    found = []
    with PtyProgram(command, columns=COLUMNS, rows=ROWS, environment=TERMINAL) as program:
        program.read_for(WARM_S)
        for _ in range(20):
            program.drain_briefly()
            began = time.perf_counter()
            program.write(b"\x1b[B")
            program.read_until("▌".encode())
            found.append(1000 * (time.perf_counter() - began))
    return found


def main() -> None:
    """Print the table."""
    compile_modules()
    print(f"{'':<42} {'bytes/s':>7} {'processor %':>18} {'resident MB':>16}")
    with tempfile.TemporaryDirectory() as folder, tun_lab(SCENARIO_FILE.read_text(), Path(folder)) as tun:

        def inside(*words: str) -> list[str]:
            enter, *rest = tun.command(words)
            return [shutil.which(str(enter)) or str(enter), *map(str, rest)]

        for interval in ("1", "0.25"):
            own = inside(HOPSCOPE, "-n", "-i", interval, TARGET)
            measure(f"hopscope, {interval} s, 24-bit colour", own, {})
            measure(f"hopscope, {interval} s, the terminal's colours", [*own, "--theme", "hopscope-ansi"], {})
            if shutil.which("mtr"):
                measure(f"mtr, {interval} s", inside("mtr", "-n", "-i", interval, TARGET), {})
        places = [word for number in range(1, LANES) for word in ("--from", f"exec:env LANE={number}")]
        lanes = inside(HOPSCOPE, "-n", "--from", "local", *places, TARGET)
        for view, key in (("table", b""), ("overview", b"0"), ("merged path", b"6")):
            measure(f"hopscope, {LANES} lanes, {view}", lanes, {}, key)
    measure("hopscope, paused", [HOPSCOPE, "--demo", SCENARIO], {}, b"p")
    frames = [first_frame_ms() for _ in range(7)]
    print(f"first frame: median {statistics.median(frames):.0f} ms, best {min(frames):.0f} ms")
    keys = key_to_paint_ms()
    print(f"key to paint under load: median {statistics.median(keys):.0f} ms, worst {max(keys):.0f} ms")


if __name__ == "__main__":
    main()
