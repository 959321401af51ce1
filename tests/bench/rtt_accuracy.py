"""How exact round-trip times are: ours and stock mtr-packet's beside the packet capture's, in one run.

``cd tests && ../.venv/bin/python -m bench.rtt_accuracy [--probes 2000] [--rate 100] [--hogs 4]``, as root, with
mtr-packet and tcpdump installed. Hops of 1, 10 and 50 ms are simulated behind a TUN device; the truth is the
difference of tcpdump's host stamps of a probe and its answer. Each program probes at the rate, both at once, once on
an idle machine and once beside busy loops.
"""

from __future__ import annotations

import argparse
import contextlib
import struct
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hopscope.probe import wire
from hopscope.probe.packet import icmp, ip, tcp, udp
from hopscope.probe.packet.cursor import PacketError
from support.tun import DEVICE, TunLab, tun_lab

from bench.program import HOPSCOPE, STOCK, Program, conditions, median, run_cpu_hogs

if TYPE_CHECKING:
    from collections.abc import Iterator

SCENARIO = """
title = "Hops of 1, 10 and 50 ms"
hop = [
    { address = "192.0.2.1", address6 = "2001:db8::1", rtt_ms = 1 },
    { address = "198.51.100.1", address6 = "2001:db8:1::1", rtt_ms = 10 },
    { address = "203.0.113.80", address6 = "2001:db8:2::80", rtt_ms = 50, open_ports = [80] },
]
"""
CASES = {
    "ICMP v4": (4, "icmp", 0),
    "ICMP v6": (6, "icmp", 0),
    "UDP v4": (4, "udp", 0),
    "UDP v6": (6, "udp", 0),
    "TCP v4, open": (4, "tcp", 80),
    "TCP v4, closed": (4, "tcp", 81),
    "TCP v6, open": (6, "tcp", 80),
}
HOPS = 3
PCAP_HEADER_BYTES, PCAP_RECORD = 24, struct.Struct("=IIII")
# The type of service tells the programs' packets apart in the capture.
TOS = {HOPSCOPE: 4, STOCK: 8}


@dataclass
class Probing:
    """One program's probes: answers by token, which count from 0 in the order they are sent."""

    program: Program
    answers: dict[int, wire.Answer]


def probe(lab: TunLab, program: Program, case: tuple[int, str, int], probes: int, rate: float) -> Probing:
    """Send probes at a steady rate and collect the answers."""
    version, protocol, port = case
    detail = " detail 1" if program is HOPSCOPE else ""
    port_pair = f" port {port}" if port else ""
    arguments = (
        f"ip-{version} {lab.target(version)} protocol {protocol}{port_pair} tos {TOS[program]} timeout 3{detail}"
    )
    process = subprocess.Popen(lab.command(program.argv, program.user), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    answers: dict[int, wire.Answer] = {}

    def collect() -> None:
        for line in stdout:
            parsed = wire.parse_answer(line)
            if parsed is not None:
                answers[parsed[0]] = parsed[1]

    reader = threading.Thread(target=collect)
    reader.start()
    time.sleep(0.3)
    start_s = time.monotonic() + (0.5 / rate if program is STOCK else 0)
    for token in range(probes):
        time.sleep(max(start_s + token / rate - time.monotonic(), 0))
        stdin.write(f"{token} send-probe {arguments} ttl {token % HOPS + 1}\n".encode())
        stdin.flush()
    stdin.close()
    reader.join()
    process.wait()
    stdout.close()
    return Probing(program, answers)


@contextlib.contextmanager
def captured(lab: TunLab, path: Path) -> Iterator[None]:
    """Capture the device with host stamps in nanoseconds."""
    argv = ["tcpdump", "-i", DEVICE, "-j", "host", "--time-stamp-precision=nano", "-B", "65536", "-n", "-s", "256",
            "-Z", "root", "-U", "-w", str(path)]  # fmt: skip
    with subprocess.Popen(lab.command(argv), stderr=subprocess.PIPE, text=True) as tcpdump:
        assert tcpdump.stderr is not None
        while "listening on" not in tcpdump.stderr.readline():
            pass
        yield
        time.sleep(2)  # the capture's last block is handed over when it is full or a second old
        tcpdump.terminate()
        summary = tcpdump.stderr.read()
        assert "\n0 packets dropped by kernel" in f"\n{summary}", summary


def read_capture(path: Path) -> Iterator[tuple[int, bytes]]:
    """Stamp in nanoseconds and IP packet of every record."""
    data = path.read_bytes()
    assert data[:4] == struct.pack("=I", 0xA1B23C4D), "a capture in nanoseconds"
    at = PCAP_HEADER_BYTES
    while at < len(data):
        seconds, nanoseconds, length, _ = PCAP_RECORD.unpack_from(data, at)
        at += PCAP_RECORD.size
        yield seconds * 1_000_000_000 + nanoseconds, data[at : at + length]
        at += length


def _key(packet: ip.Packet) -> tuple[int, bytes, bytes] | None:
    """What a probe and the quotation of it have in common: protocol, and identifier and sequence, or the ports.

    Of TCP the sequence number too: ports come again, and a SYN that is sent again has the number of the first.
    """
    if packet.protocol in {ip.ICMP, ip.ICMPV6}:
        return packet.protocol, packet.destination, packet.payload[4:8]
    if packet.protocol in {ip.TCP, ip.UDP}:
        return packet.protocol, packet.destination, packet.payload[: 8 if packet.protocol == ip.TCP else 4]
    return None


def _answered_key(packet: ip.Packet) -> tuple[int, bytes, bytes] | None:
    if packet.protocol == ip.TCP:
        segment = tcp.parse(packet.payload)
        sequence = (segment.acknowledgment - 1) & 0xFFFFFFFF
        return ip.TCP, packet.source, struct.pack(">HHI", segment.destination_port, segment.source_port, sequence)
    if packet.protocol == ip.UDP:
        datagram = udp.parse(packet.payload)
        return ip.UDP, packet.source, struct.pack(">HH", datagram.destination_port, datagram.source_port)
    message = icmp.parse(packet.payload)
    if message.type in icmp.ERRORS[packet.version]:
        return _key(icmp.quoted_packet(packet.version, message))
    return packet.protocol, packet.source, packet.payload[4:8]


def _later_segment(packet: ip.Packet) -> bool:
    """Whether it is a TCP segment other than a SYN: the end of a connection that was accepted."""
    return packet.protocol == ip.TCP and tcp.parse(packet.payload).flags != tcp.SYN


def true_rtts_ns(path: Path, lab: TunLab, tos: int) -> list[int | None]:
    """The captured round-trip time of every probe with a type of service, in the order they left."""
    sources = set(lab.scenario.sources.values())
    sent: dict[tuple[int, bytes, bytes], int] = {}
    probes: list[tuple[int, bytes, bytes]] = []
    rtts_ns: dict[tuple[int, bytes, bytes], int] = {}
    for stamp_ns, data in read_capture(path):
        with contextlib.suppress(PacketError):
            packet = ip.parse(data, quoted=True)
            if packet.source in sources and packet.tos == tos and not _later_segment(packet):
                key = _key(packet)
                if key is not None and key not in sent:
                    sent[key] = stamp_ns
                    probes.append(key)
            elif packet.destination in sources:
                key = _answered_key(packet)
                if key in sent:
                    rtts_ns.setdefault(key, stamp_ns - sent[key])
    return [rtts_ns.get(key) for key in probes]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=100, help="probes a second of each program")
    parser.add_argument("--hogs", type=int, default=4, help="busy loops beside the second run")
    parser.add_argument("--cases", default=";".join(CASES), help="separated by semicolons")
    options = parser.parse_args()
    print(f"# {conditions()}\n# reported minus captured round-trip time in microseconds, {options.probes} probes each, "
          f"{options.rate:g}/s a program, both at once\n")  # fmt: skip
    print(f"{'':32}{'':16}{'':28}{'n':>6}{'median':>9}{'p99 |e|':>9}{'max |e|':>9}{'kernel':>8}")
    for hogs in (0, options.hogs):
        for case in options.cases.split(";"):
            measure(case, hogs, options)


def measure(case: str, hogs: int, options: argparse.Namespace) -> None:
    """One case: both programs at once."""
    with tempfile.TemporaryDirectory() as folder, tun_lab(SCENARIO, Path(folder), stamped=False) as lab:
        capture = Path(folder, "capture.pcap")
        with captured(lab, capture), contextlib.ExitStack() as stack:
            for hog in run_cpu_hogs(hogs):
                stack.callback(hog.wait)
                stack.callback(hog.kill)
            results: list[Probing] = []
            threads = [
                threading.Thread(
                    target=lambda program=program: results.append(
                        probe(lab, program, CASES[case], options.probes, options.rate)
                    )
                )
                for program in (HOPSCOPE, STOCK)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        for result in sorted(results, key=lambda result: result.program.name):
            report(case, hogs, result, true_rtts_ns(capture, lab, TOS[result.program]))


def report(case: str, hogs: int, result: Probing, truth_ns: list[int | None]) -> None:
    """Print a line a kind of answer: in TCP, routers' errors and the target's own answer are stamped differently."""
    kinds: dict[str, list[int]] = {"all": [0, 1, 2]}
    if case.startswith("TCP"):
        kinds = {"ICMP errors": [0, 1], "SYN-ACK" if case.endswith("open") else "RST": [2]}
    for kind, hops in kinds.items():
        errors_us = []
        kernel = 0
        for token, true_ns in enumerate(truth_ns):
            answer = result.answers.get(token)
            if token % HOPS in hops and answer is not None and answer.rtt_us is not None and true_ns is not None:
                errors_us.append(answer.rtt_us - true_ns / 1000)
                kernel += answer.clock == "kernel"
        absolute = sorted(abs(error) for error in errors_us)
        name = result.program.name
        p99 = absolute[int(len(absolute) * 0.99)] if absolute else float("nan")
        share = f"{100 * kernel / len(absolute):.1f}%" if absolute and kernel else "-"
        load = f"{hogs} busy loops" if hogs else "idle"
        print(f"{name:32}{load:16}{case + ', ' + kind:28}{len(absolute):6}{median(errors_us):9.1f}{p99:9.1f}"
              f"{absolute[-1] if absolute else float('nan'):9.1f}{share:>8}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
