"""What probing from elsewhere costs: time to the first probe, bytes, exactness, processor time.

``cd tests && ../.venv/bin/python -m bench.vantage [--repeats 7] [--parts start,turns,bytes,rtt,screen]``, as root, with
openssh-server and tcpdump installed. All happens in namespaces without a way out. There is no netem here: a relay
delays what goes through a transport (support.slow_pipe).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hopscope.app.process.raised import TRUSTED_PATH
from hopscope.app.vantage.far_program import FIRST_STAGE, FarProgram
from support import netns, slow_pipe
from support.pty import PtyProgram
from support.sniff import sniffer
from support.sshd import sshd
from support.tun import tun_lab

from bench.program import HOPSCOPE as LOCAL
from bench.program import Program, compile_modules, conditions, median
from bench.rtt_accuracy import CASES, HOPS, SCENARIO, TOS, captured, probe, true_rtts_ns
from bench.screen import TERMINAL, cpu_s

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
PATIENCE_S = 120.0
LONG_RTT_MS = 1500  # longer: the beat of the link would take it for cut off
PLACES, SCREEN_HOPS, WARM_S, MEASURED_S = 10, 30, 15.0, 30.0
# A far probe in the place of a local one: what goes in and out are the lines of the protocol.
PIPED = """
cat_input() { cat "$1"; exec cat; }
marker=$2; input=$0; shift 2
cat_input "$input" | "$@" | { while read -r a b c; do [ "$a $b" = "$marker ready" ] && break; done; exec cat; }
"""


def delayed(there_ms: float, back_ms: float, jitter_ms: float = 0, *further: str) -> list[str]:
    """The words of a relay."""
    return [
        sys.executable, slow_pipe.__file__, "--there-ms", str(there_ms), "--back-ms", str(back_ms),
        "--jitter-ms", str(jitter_ms), *further,
    ]  # fmt: skip


def first_probe_ms(path: netns.Chain, words: list[str], environment: dict[str, str]) -> float:
    """From the start of the program until the first probe leaves the far host."""
    with sniffer(path.names[-1], "far") as sniffed:
        start_s = time.perf_counter()
        process = subprocess.Popen(
            path.command([HOPSCOPE, *words, "-r", "-n", "-u", "-c", "1", path.sources[4]]),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        sniffed.packets(lambda packet: packet.protocol == 17, 1, timeout_s=30)
        found_ms = (time.perf_counter() - start_s) * 1000
        process.wait()
    return found_ms


def until_end_ms(path: netns.Chain, words: list[str], environment: dict[str, str]) -> float:
    """Until a command has run to its end: what the transport takes by itself."""
    start_s = time.perf_counter()
    subprocess.run(
        path.command(words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment, check=True
    )
    return (time.perf_counter() - start_s) * 1000


def measure_start(repeats: int) -> None:
    """Time to the first probe, beside what the transport takes to run ``true``."""
    print("\n# milliseconds from the start of hopscope to the first probe on the far host's wire (median, best)")
    with netns.chain() as path, tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        far = path.names[-1]
        space = f"--net=/run/netns/{far}"
        with sshd(Path(folder), far, path.target()) as server:
            relay = " ".join([*delayed(40, 40), "--connect", path.target(), "22"])
            client = Path(folder, "client")
            client.write_text(f"Host slow\n  HostName {path.target()}\n  ProxyCommand {relay}\n" + client.read_text())
            environment = {"PATH": server.path, "HOME": folder}
            cases = {
                "local pipe": (f"exec:nsenter {space}", ["nsenter", space, "true"]),
                "ssh, no delay": (f"ssh:{server.address}", ["ssh", "-T", server.address, "true"]),
                "ssh, 80 ms RTT": ("ssh:slow", ["ssh", "-T", "slow", "true"]),
            }  # fmt: skip
            for name, (where, alone) in cases.items():
                whole = [first_probe_ms(path, ["--from", where], environment) for _ in range(repeats)]
                transport = [until_end_ms(path, alone, environment) for _ in range(repeats)]
                print(f"{name:24} {median(whole):7.0f} {min(whole):7.0f}   transport alone {median(transport):7.0f}"
                      f" {min(transport):7.0f}   after it {median(whole) - median(transport):7.0f}")  # fmt: skip


def measure_round_trips() -> None:
    """How often the first probe waits for the transport: what is left of its time when the delay grows.

    Whatever else the machine does hardly counts beside that.
    """
    with netns.chain() as path:
        environment = {"PATH": TRUSTED_PATH}
        found_ms = []
        for delay_ms in (0, LONG_RTT_MS):
            relay = delayed(delay_ms / 2, delay_ms / 2)
            where = "exec:" + " ".join([*relay, "--", "nsenter", f"--net=/run/netns/{path.names[-1]}"])
            found_ms.append(min(first_probe_ms(path, ["--from", where], environment) for _ in range(3)))
        turns = (found_ms[1] - found_ms[0]) / LONG_RTT_MS
    print(f"\n# round trips of the transport until the first probe leaves there: {turns:.2f}"
          " (1.5 is the least: the probe process there, its answer, the first probe)")  # fmt: skip


def measure_bytes() -> None:
    """What is shipped, and what a probe costs on the link."""
    program = FarProgram(1024)
    print(f"\n# bytes\nshipped: {len(program.input)} on standard input, {len(program.line)} in the command")
    with netns.chain() as path, tempfile.TemporaryDirectory() as folder:
        counts = []
        for rounds in (10, 110):
            count = Path(folder, str(rounds))
            relay = delayed(0, 0, 0, "--count", str(count))
            where = "exec:" + " ".join([*relay, "--", "nsenter", f"--net=/run/netns/{path.names[-1]}"])
            words = [HOPSCOPE, "--from", where, "-r", "-n", "-c", str(rounds), "-i", "0.1", path.sources[4]]
            path.run(words)
            there, back = map(int, count.read_text().split())
            counts.append((there, back))
        probes = 100 * (len(path.names) - 1)
        there, back = (counts[1][at] - counts[0][at] for at in (0, 1))
        print(f"a probe, path of {len(path.names) - 1} hops: {there / probes:.0f} there, {back / probes:.0f} back"
              " (10 rounds a second; the beat and the clock included)")  # fmt: skip


def measure_rtt(probes: int, rate: float) -> None:
    """How exact RTTs are behind a transport of 200 ms that jitters, against the capture on the far side."""
    print(f"\n# reported minus captured RTT in microseconds, {probes} probes, {rate:g}/s\n"
          "# negative: the capture stamps what leaves on its way to the packet taps, the kernel's own stamp\n"
          "# comes after them: more taps show it. What the transport or the probe process adds would be positive.\n"
          f"{'':44}{'n':>6}{'least':>9}{'p1':>9}{'median':>8}{'p99':>9}{'most':>9}")  # fmt: skip
    far = FarProgram(1024)
    with tempfile.TemporaryDirectory() as made:
        shipped = Path(made, "input")
        shipped.write_bytes(far.input)
        Path(made).chmod(0o755)
        stage = [sys.executable, "-I", "-S", "-c", FIRST_STAGE]
        piped = ["sh", "-c", PIPED, str(shipped), str(shipped), far.marker.decode()]
        programs = {
            "local": LOCAL,
            "far, pipe": Program("far", (*piped, *stage), "nobody"),
            "far, 100 + 100 ms, jitter 50 ms": Program("far", (*piped, *delayed(100, 100, 50), "--", *stage), "nobody"),
        }
        for case in ("ICMP v4", "UDP v4"):
            for name, program in programs.items():
                with tempfile.TemporaryDirectory() as folder, tun_lab(SCENARIO, Path(folder), stamped=False) as lab:
                    capture = Path(folder, "capture.pcap")
                    TOS[program] = TOS[LOCAL]
                    with captured(lab, capture):
                        found = probe(lab, program, CASES[case], probes, rate)
                    errors_us = _errors_us(found.answers, true_rtts_ns(capture, lab, TOS[LOCAL]))
                    errors_us.sort()
                    count = len(errors_us)
                    print(f"{case + ', ' + name:44}{count:6}{errors_us[0]:9.1f}{errors_us[int(count * 0.01)]:9.1f}"
                          f"{median(errors_us):8.1f}{errors_us[int(count * 0.99)]:9.1f}{errors_us[-1]:9.1f}",
                          flush=True)  # fmt: skip


def _errors_us(answers: dict, truth_ns: list[int | None]) -> list[float]:  # type: ignore[type-arg]
    """Of the probes that both know; ``HOPS`` alternate."""
    assert HOPS
    return [
        answers[token].rtt_us - true_ns / 1000
        for token, true_ns in enumerate(truth_ns)
        if true_ns is not None and token in answers and answers[token].rtt_us is not None
    ]


def measure_screen() -> None:
    """Processor time of the screen and of each far probe, with ten vantage points and thirty hops, a round a second."""
    hops = "".join(f'    {{ address = "203.0.113.{ttl}", rtt_ms = {ttl} }},\n' for ttl in range(1, SCREEN_HOPS + 1))
    scenario = f'title = "Thirty hops"\nhop = [\n{hops}]\n'
    with tempfile.TemporaryDirectory() as folder, tun_lab(scenario, Path(folder), stamped=False) as lab:
        words = [word for at in range(PLACES) for word in ("--from", f"exec:env PLACE={at}")]
        enter, *further = lab.command([HOPSCOPE, *words, "-n", f"203.0.113.{SCREEN_HOPS}"])
        command = [shutil.which(enter) or enter, *further]
        with PtyProgram(command, columns=120, rows=40, environment=TERMINAL) as program:
            end_s = time.monotonic() + PATIENCE_S
            while list(_processes(program.pid).values()).count("far") < PLACES and time.monotonic() < end_s:
                program.read_for(1.0)
            program.read_for(WARM_S)
            pids = _processes(program.pid)
            before = {pid: cpu_s(pid) for pid in pids if Path(f"/proc/{pid}/task/{pid}").exists()}
            start_s = time.perf_counter()
            program.read_for(MEASURED_S)
            took_s = time.perf_counter() - start_s
            shares = sorted((name, (cpu_s(pid) - before[pid]) / took_s) for pid, name in pids.items() if pid in before)
    far = [share for name, share in shares if name == "far"]
    rest = [share for name, share in shares if name == "screen"]
    print(f"\n# share of a processor, {PLACES} vantage points x {SCREEN_HOPS} hops x 1/s, {took_s:.0f} s, 120x40")
    print(f"screen and its helpers {sum(rest):.3f}; a far probe: median {median(far):.4f}, most {max(far):.4f}"
          f" (of {len(far)})")  # fmt: skip


def _processes(root: int) -> dict[int, str]:
    """Those below a process: whether each is a far probe that has used the processor, or the screen's."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    below = {root}
    while True:
        further = {pid for pid, parent in parents.items() if parent in below} - below
        if not further:
            break
        below |= further
    found = {}
    for pid in below:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_text()
            parent_words = Path(f"/proc/{parents[pid]}/cmdline").read_text()
        except OSError:
            continue
        if "import os;exec" not in words:
            found[pid] = "screen"
        elif "-S" in words:  # not the shell that looks for a Python
            found[pid] = "helper" if parent_words == words else "far"
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--probes", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--parts", default="start,turns,bytes,rtt,screen")
    options = parser.parse_args()
    compile_modules()
    print(f"# {conditions()}")
    parts = options.parts.split(",")
    if "bytes" in parts:
        measure_bytes()
    if "turns" in parts:
        measure_round_trips()
    if "start" in parts:
        measure_start(options.repeats)
    if "rtt" in parts:
        measure_rtt(options.probes, options.rate)
    if "screen" in parts:
        measure_screen()


if __name__ == "__main__":
    main()
